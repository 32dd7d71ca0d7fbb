#pragma once

/// Requests made of a function, for lessons that use cancel/ without a bank. The main thread is
/// the boss.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/cancel/event.hpp"
#include "server/cancel/workers.hpp"

namespace lesson {

/// The cancellation points of all lessons.
enum Point : cancel::PointIndex { queued, working };

class Crew;

/// A request that runs a function. Its reply is noted, not sent.
class Task : public cancel::Request {
 public:
  using Body = std::function<void(Task&)>;
  Task(const Options& options, Crew& crew, Body body);

  /// Waits until it is cancelled. ready() is true from the start of the wait.
  void wait_for_ever();
  /// Reports that the task has come this far. The task's own thread.
  void report_ready();

  /// Any thread.
  bool ready() const { return ready_.load(); }
  bool finished() const { return finished_.load(); }
  /// True if the reply was that the task is cancelled. Once it has finished.
  bool cancelled() const { return cancelled_; }

 protected:
  void perform() override { body_(*this); }
  cancel::Verdict make_durable(const cancel::CancelOrder&) noexcept override;
  void reply_cancelled(const cancel::CancelOrder&, cancel::Verdict) noexcept override;
  void remove_handle() noexcept override {}
  bool must_hold(cancel::PointIndex) const override { return false; }

 private:
  friend class Crew;
  Crew& crew_;
  const Body body_;
  bool cancelled_ = false;
  seam::Atomic<bool> ready_;
  seam::Atomic<bool> finished_;
};

/// The boss of tasks: the thread that constructs it calls all its functions.
class Crew {
 public:
  /// `mechanism` is token or posix, as Page::mechanism() returns it. At most `workers` run at once.
  explicit Crew(const std::string& mechanism, std::size_t workers = 256);
  /// Stops, unless stop() was called.
  ~Crew();

  /// Starts a task on a worker. Throws std::runtime_error if the system refuses a thread.
  std::shared_ptr<Task> start(Task::Body body);
  void run_until_ready(const Task& task);
  void run_until_finished(const Task& task);
  /// Cancels the task and waits for the verdict, which a cancelled task delivers after its cleanup.
  cancel::Verdict cancel(Task& task);
  /// Waits until every task has finished, and joins the workers. Returns how many of them were
  /// ended by a pthread_cancel.
  std::int64_t stop();
  /// Lets the boss look again. Any thread.
  void signal() { event_.signal(); }

 private:
  void run_until(const std::function<bool()>& holds);

  const cancel::Mechanism mechanism_;
  cancel::Event event_;
  cancel::WorkerPool workers_;
  std::vector<std::shared_ptr<Task>> tasks_;
  bool stopped_ = false;
};

}  // namespace lesson
