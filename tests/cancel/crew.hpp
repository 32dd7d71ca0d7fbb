#pragma once

/// Shared by the suites of cancel/: a request made of a lambda, and a boss, which is the thread of
/// the test.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/cancel/event.hpp"
#include "server/cancel/handle_table.hpp"
#include "server/cancel/holds.hpp"
#include "server/cancel/mutex.hpp"
#include "server/cancel/workers.hpp"
#include "tests/cancel/printed.hpp"

namespace crew {

enum Point : cancel::PointIndex { queued, started, middle, modified, committing, answered };
inline constexpr cancel::PointInfo point_table[] = {{"queued", true},      {"started", true},
                                                    {"middle", true},      {"modified", true},
                                                    {"committing", false}, {"answered", false}};
inline constexpr Point cancellable_points[] = {started, middle, modified};

/// Makes the test case run once under each mechanism. Returns the mechanism of this run.
cancel::Mechanism either_mechanism();

class Crew;

class Work : public cancel::Request {
 public:
  using Body = std::function<void(Work&)>;
  Work(const Options& options, Crew& crew, Body body);

  cancel::Handle handle() const { return handle_; }
  Crew& crew() { return crew_; }
  /// Notes an event. The request's own thread; said() is read once the request has finished.
  void say(std::string what) { said_.push_back(std::move(what)); }
  const std::vector<std::string>& said() const { return said_; }
  /// Sets the result of make_durable().
  void make_durable_returns(cancel::Verdict verdict) { durable_ = verdict; }
  /// Asks for a thread of its own. Before the request is admitted.
  void use_own_thread() { own_thread_ = true; }
  /// Waits until it is cancelled; the boss is woken once the wait has begun.
  void wait_for_ever();

 protected:
  void perform() override { body_(*this); }
  cancel::Verdict make_durable(const cancel::CancelOrder&) noexcept override;
  void reply_cancelled(const cancel::CancelOrder& order, cancel::Verdict first) noexcept override;
  void remove_handle() noexcept override;
  bool must_hold(cancel::PointIndex point) const override;
  bool needs_own_thread() const override { return own_thread_; }

 private:
  Crew& crew_;
  const cancel::Handle handle_;
  const Body body_;
  cancel::Verdict durable_ = cancel::Verdict::cancelled;
  bool own_thread_ = false;
  std::vector<std::string> said_;
};

class Crew {
 public:
  explicit Crew(cancel::Mechanism mechanism, const cancel::WorkerPool::Options& options = {});
  /// Runs the boss's work until no request is left, and retires the workers.
  ~Crew();

  std::shared_ptr<Work> make(Work::Body body, bool watched = false);
  /// Makes a request and admits it; null if it is refused.
  std::shared_ptr<Work> start(Work::Body body, bool watched = false);
  /// Runs the boss's work until the predicate holds. A change of it must signal().
  void run_until(const std::function<bool()>& holds);
  void run_until_finished(const std::shared_ptr<Work>& work);
  /// Cancels, runs the boss's work until the verdict is there, and returns it.
  cancel::Verdict cancel(const std::shared_ptr<Work>& work, const cancel::CancelOrder& order = {});

  void signal() { event_.signal(); }
  cancel::WorkerPool& workers() { return workers_; }
  cancel::HandleTable<Work>& table() { return table_; }
  cancel::Holds& holds() { return holds_; }

 private:
  const cancel::Mechanism mechanism_;
  cancel::Event event_;
  cancel::HandleTable<Work> table_{1};
  cancel::Holds holds_;
  cancel::WorkerPool workers_;
};

/// A cleanup entry that notes its name when it runs.
class Noted {
 public:
  Noted(Work& work, std::string_view name)
      : noted_{work, name}, entry_(work, {name}, &Noted::run, &noted_) {}
  void pop(bool execute) { entry_.pop(execute); }

 private:
  struct What {
    Work& work;
    std::string_view name;
  };
  static void run(void* argument) noexcept;
  What noted_;
  cancel::Cleanup entry_;
};

}  // namespace crew
