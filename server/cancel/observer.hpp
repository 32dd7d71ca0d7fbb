#pragma once

/// Shows an observer what happens to requests, in the order in which it happens.
///
/// An observer has one mutex. A change that other threads can see at once (a swap of the stage, the
/// removal of the handle) is made while that mutex is held, and so is one with the occurrence that
/// reports it. Anything else is reported by the thread that did it, before another thread can
/// learn of it. So if one occurrence led to another, it is observed first.
///
/// A request without an observer pays for one test of a pointer; with an observer that is not
/// active, for a relaxed read, too.

#include <array>
#include <cstdint>
#include <string_view>

#include "server/cancel/stage.hpp"
#include "server/seam/atomic.hpp"
#include "server/seam/mutex.hpp"

namespace cancel {

class Request;

/// One thing that has happened to a request.
struct Occurrence {
  enum class Kind : std::uint8_t {
    admitted,  // the application reports it, as it does a reply
    point,     // it has reached the point `name`; only if the request is watched
    waiting,   // its thread is about to wait for `name`, of that subject
    granted,   // it owns the mutex `name` of that subject
    released,  // it owns that mutex no longer
    pushed,    // a cleanup entry; only if the request is watched, as for the next two
    popped,    // … is taken off the stack and not run
    ran,       // … is taken off the stack, and runs next
    stage,     // the stage is `name` now
    cancel,    // an order to cancel has arrived: its reason (`subject`) and `text`
    verdict,   // a canceller is about to receive the verdict `name`
    reply,     // the customer is about to receive a reply
    gone,      // its handle is removed
  };
  Kind kind;
  std::string_view name{};  // a literal
  std::int64_t subject = 0;
  std::string_view text{};  // valid during the call only
};

/// Returns the name as people see it: "granted". The three kinds of a cleanup entry have one name.
constexpr std::string_view name(Occurrence::Kind kind) {
  constexpr std::array<std::string_view, 13> names{
      "admitted", "point", "waiting", "granted", "released", "cleanup", "cleanup",
      "cleanup",  "stage", "cancel",  "verdict", "reply",    "gone"};
  return names[static_cast<std::size_t>(kind)];
}

/// Outlives every request that it observes.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Notes an occurrence. Any thread; the caller holds `order`, and perhaps mutexes of the request.
  /// Must not block, and calls nothing of a request but what only reads. Throws nothing.
  virtual void observe(const Request& request, const Occurrence& occurrence) noexcept
      REQUIRES(order) = 0;

  /// Whether it wants to know: a relaxed read.
  bool active() const { return active_.load(std::memory_order_relaxed); }

  seam::Mutex order;

 protected:
  seam::Atomic<bool> active_{false};
};

/// A scope in which everything that happens to a request is one step to its observer: no occurrence
/// of another request comes in between. Reports the stage at its end if that has changed. Does
/// nothing if the request has no observer, or an inactive one. The scope may acquire the mutex of
/// Outcome and that of a HandleTable, and has no other Observation in it.
class [[nodiscard]] Observation {
 public:
  /// `observer` is null or active.
  Observation(const Request& request, Observer* observer) : request_(request), observer_(observer) {
    if (observer_ != nullptr) [[unlikely]]
      begin();
  }
  ~Observation() {
    if (observer_ != nullptr) [[unlikely]]
      end();
  }
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;

  void show(const Occurrence& occurrence) const UNCHECKED_LOCKING {
    if (observer_ != nullptr) [[unlikely]]
      observer_->observe(request_, occurrence);
  }

 private:
  void begin() UNCHECKED_LOCKING;
  void end() UNCHECKED_LOCKING;

  const Request& request_;
  Observer* const observer_;
  Stage stage_before_{};
};

}  // namespace cancel
