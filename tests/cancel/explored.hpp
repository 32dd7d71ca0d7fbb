#pragma once

/// Shared by the explorations: a request that notes what happens to it, and a boss that is a thread
/// of the run. All of it is small, because every step multiplies the orders.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/cancel/mutex.hpp"
#include "server/cancel/request.hpp"
#include "tests/scheduler/explore.hpp"

namespace explored {

enum Point : cancel::PointIndex { queued, first, second, committing };
inline constexpr cancel::PointInfo point_table[] = {
    {"queued", true}, {"first", true}, {"second", true}, {"committing", false}};

/// Under a sanitizer a few runs suffice: threads that hand over to one another never race.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool sampled = true;
#else
inline constexpr bool sampled = false;
#endif
inline constexpr explore::Options all_orders{.most_runs = sampled ? 300 : 100'000};

/// A boss for a number of requests. Its thread ends when all have finished and its work is done.
class Owner : public cancel::ThreadOwner {
 public:
  explicit Owner(int requests) : left_(requests) {}
  /// The boss's thread: posts cancels, and ends requests that never had a thread.
  void run_posted();
  void one_is_gone();

  void end_queued(std::shared_ptr<cancel::Request> request) override;
  void deliver_cancel(std::shared_ptr<cancel::Request> request) override;
  void requeue(std::shared_ptr<cancel::Request>) override {}

 private:
  seam::Mutex mutex_;
  seam::Condition called_;
  std::vector<std::shared_ptr<cancel::Request>> to_end_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<cancel::Request>> to_cancel_ GUARDED_BY(mutex_);
  int left_ GUARDED_BY(mutex_);
};

class Request : public cancel::Request {
 public:
  using Body = std::function<void(Request&)>;
  Request(cancel::Mechanism mechanism, Owner& boss, Body body)
      : cancel::Request({mechanism, &boss}), boss_(boss), body_(std::move(body)) {}
  /// Notes an event, one letter each.
  void say(char letter) { said_ += letter; }
  const std::string& said() const { return said_; }

 protected:
  void perform() override { body_(*this); }
  cancel::Verdict make_durable(const cancel::CancelOrder&) noexcept override {
    return cancel::Verdict::cancelled;
  }
  void reply_cancelled(const cancel::CancelOrder&, cancel::Verdict) noexcept override { say('t'); }
  void remove_handle() noexcept override {
    say('r');
    boss_.one_is_gone();
  }
  bool must_hold(cancel::PointIndex) const override { return false; }

 private:
  Owner& boss_;
  const Body body_;
  std::string said_;
};

/// Says a letter when it runs.
class Noted {
 public:
  Noted(Request& request, char letter)
      : what_{request, letter}, entry_(request, {"noted"}, &Noted::run, &what_) {}

 private:
  struct What {
    Request& request;
    char letter;
  };
  static void run(void* argument) noexcept {
    const auto& what = *static_cast<What*>(argument);
    what.request.say(what.letter);
  }
  What what_;
  cancel::Cleanup entry_;
};

/// A canceller that counts its verdicts.
struct Canceller {
  void cancel(cancel::Request& request) {
    struck = request.cancel({}, [this](cancel::Verdict it) {
      verdict = it;
      ++times;
    });
  }
  cancel::CancelAttempt struck{};
  cancel::Verdict verdict = cancel::Verdict::invalid;
  int times = 0;
};

/// Spawns a worker that runs this request; under posix the worker dies of its cancel.
inline std::shared_ptr<seam::Thread> spawn_worker(explore::Run& run, std::string_view name,
                                                  const std::shared_ptr<Request>& request) {
  auto thread = std::make_shared<std::shared_ptr<seam::Thread>>();
  *thread = run.spawn(name, [request, thread] { request->run(**thread); });
  return *thread;
}

}  // namespace explored
