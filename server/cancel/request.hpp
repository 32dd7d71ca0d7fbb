#pragma once

/// A request: work that can be cancelled, from its admission until its last reference is dropped.
/// An application derives from it; the pure virtual functions below are what it supplies.
///
// clang-format off
///     HandleTable::insert()
///       │
///     WorkerPool::admit() ── cancelled while queued ──► schedule_end()      the boss's thread
///       │                                                 │
///       │                                               end_unstarted()     that, or one it chose
///     run()                                               │                 a worker's thread
///       perform()          the application's work         │
///       │ ends, or unwinds from a cancellation point      │
///       │ or leaves the end to complete() ── parked at a point, and resumed    any thread
///       ▼                                                 ▼
///     conclude()           the bottom entry of the cleanup stack
///       make_durable()       if cancelled, and the order asks for it
///       reply_cancelled()    if cancelled: the customer's reply
///       VerdictCallback      if cancelled: to each canceller
///       remove_handle()
///       on_finished()        its callbacks
// clang-format on
///
/// *Mutexes* are acquired in this order: CancellableMutex, Suspension, Observer, then Outcome or
/// Holds. A thread that holds the mutex of CleanupStack acquires no other.
///
/// *Callbacks* run without any of these mutexes; must_hold(), `ready` and `change` run under that
/// of Suspension, remove_handle() under that of Observer. The virtual functions are `noexcept` or
/// may throw only Cancelled, from a point; any other exception, bad_alloc included, ends the
/// process.

#include <memory>
#include <optional>

#include "server/cancel/cleanup.hpp"
#include "server/cancel/observer.hpp"
#include "server/cancel/outcome.hpp"
#include "server/cancel/suspension.hpp"
#include "server/cancel/trace.hpp"
#include "server/cancel/unwinding.hpp"

namespace cancel {

class Request;

/// The boss, as a request sees it: the thread that created the worker threads, and therefore the
/// only one that cancels and joins them.
class ThreadOwner {
 public:
  virtual ~ThreadOwner() = default;
  /// A queued request was cancelled: takes it off the queue and ends it. Any thread; never blocks.
  virtual void end_queued(std::shared_ptr<Request> request) = 0;
  /// A running request was cancelled: calls its post_cancel() on the boss's thread. Any thread;
  /// never blocks.
  virtual void deliver_cancel(std::shared_ptr<Request> request) = 0;
  /// A request held at its admission was resumed: queues it. The boss's thread only.
  virtual void requeue(std::shared_ptr<Request> request) = 0;
};

class Request : public std::enable_shared_from_this<Request> {
 public:
  struct Options {
    Mechanism mechanism = Mechanism::token;
    ThreadOwner* owner = nullptr;  // outlives the request
    bool watched = false;          // notes the times of points and obeys holds
    Observer* observer = nullptr;  // outlives the request; may be null
  };
  explicit Request(const Options& options);
  virtual ~Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  // ── Any thread that holds a reference ───────────────────────────────────────────────────────

  /// Cancels, if it is not too late, and delivers the verdict (VerdictCallback says on which
  /// thread). Returns what it found. Never blocks on the request.
  CancelAttempt cancel(CancelOrder order, VerdictCallback on_verdict);
  /// Calls back once the request has finished and its handle is removed; at once if that is so now.
  void on_finished(Callback callback) { outcome_.on_finished(std::move(callback)); }
  Stage stage() const { return outcome_.stage().load(); }
  /// Returns the order that cancelled the request, or null. Valid as long as the request.
  const CancelOrder* order() const { return outcome_.order(); }
  RequestView view() const;
  /// Makes a change that a wait_until() of this request depends on, and wakes that wait.
  void wake(const std::function<void()>& change) { suspension_.wake(change); }
  /// Returns its observer, or null if there is none or it is not active.
  Observer* active_observer() const {
    return observer_ != nullptr && observer_->active() ? observer_ : nullptr;
  }

  // ── The boss's thread ───────────────────────────────────────────────────────────────────────

  /// At admission: holds the request if a hold asks for it. Returns whether it is held.
  bool hold_if_asked(PointIndex queued);
  /// Release a held request: for good, or to its next point. Return false if it is not held.
  bool resume() { return release_hold(false); }
  bool step() { return release_hold(true); }
  /// Posts the pthread_cancel to the thread that runs the request; see unwinding.hpp.
  void post_cancel();
  /// Ends a request cancelled while queued, on this thread or the one that schedule_end() chooses.
  /// Blocks as make_durable() does.
  void end_unstarted();

  // ── The request's own thread ────────────────────────────────────────────────────────────────

  /// Does the thread's part of the request on `thread`, the calling one: performs it, and ends it
  /// unless it left its end to complete(). Then calls after_part(). Returns false if a cancel came
  /// first; then the boss ends it. Under posix a cancelled request takes the thread with it.
  bool run(seam::Thread& thread);
  /// Returns the request that the calling thread runs, or null.
  static Request* current();

  /// THE POINT OF NO RETURN: begin_commit() of the stage. Unwinds if a cancel has won.
  void point_of_no_return();
  /// The same for a request that ends with a read or a refusal: answer() of the stage.
  void close_to_cancels();
  /// Records the outcome of a commit by end(): committed, unknown, or answered (the store refused).
  void record_outcome(Stage outcome) {
    const Observation step(*this, active_observer());
    outcome_.end(outcome);
  }
  /// Passes a cancellation point; see cancel::pass().
  void pass(PointIndex point);
  /// Blocks until `ready` returns true. A cancellation point, except in cleanup. `what` and
  /// `subject` are shown meanwhile.
  void wait_until(const Suspension::Predicate& ready, std::string_view what, std::int64_t subject);
  /// Shows a wait that is not a cancellation point; "" ends it.
  void show_waiting(std::string_view what, std::int64_t subject = 0);

 protected:
  /// Does the work, and sends the reply unless it is cancelled or left. A worker's thread.
  virtual void perform() = 0;
  /// Called after the thread's part, outside the frames of the request, which may be gone by then;
  /// not called on a thread that a cancel ends. May block. The thread that called run().
  virtual void after_part() noexcept {}
  /// Makes the cancel durable. Returns the winner's verdict: cancelled; unknown if it could not be
  /// made durable; already or too_late if something durable is in its way. May block.
  virtual Verdict make_durable(const CancelOrder& order) noexcept = 0;
  /// Replies to the customer that the request was cancelled, with the winner's verdict.
  virtual void reply_cancelled(const CancelOrder& order, Verdict verdict) noexcept = 0;
  /// Removes the handle, so that no thread finds the request any more.
  virtual void remove_handle() noexcept = 0;
  /// Whether a hold stops the request at that point. Any thread; never blocks.
  virtual bool must_hold(PointIndex point) const = 0;
  /// Goes on with a request that was parked by parks_at(). The boss's thread; must not block.
  virtual void unpark() noexcept {}
  /// Whether it runs on a thread of its own, beyond the pool's bound. Any thread; never blocks.
  virtual bool needs_own_thread() const { return false; }
  /// Calls end_unstarted(), or has another thread call it if make_durable() may block. The boss's
  /// thread.
  virtual void schedule_end() { end_unstarted(); }

  /// Leaves the end of the request, whose outcome no cancel can change any more, to a call of
  /// complete() by any thread. Called in perform(), before that thread can learn of the request;
  /// from then on the request's own thread does nothing more with it.
  void leave() { left_ = true; }
  /// Passes a point of a request that was left. Returns whether a hold stops it there: it is parked
  /// without a thread until unpark(), and the caller must not touch it any more. Never blocks. One
  /// thread at a time.
  [[nodiscard]] bool parks_at(PointIndex point);
  /// Ends a request that was left: runs the bottom entry of its cleanup stack. Once, by any thread.
  void complete() noexcept { finish_.reset(); }
  /// Reports what has happened to its observer. Any thread, which holds no later mutex.
  void show(const Occurrence& occurrence) const {
    Observation(*this, active_observer()).show(occurrence);
  }

 private:
  friend class Cleanup;
  friend class CancellableMutex;
  friend class WorkerPool;

  void run_part();
  void push_finish();
  void conclude() noexcept;
  /// Makes a change that its observer sees as one step.
  template <typename Change>
  auto observed(const Change& change) {
    const Observation step(*this, active_observer());
    return change();
  }
  void deliver(const VerdictCallback& canceller, Verdict verdict) const;
  void show_cleanup(Occurrence::Kind kind, const CleanupName& name) const {
    if (watched_) show({kind, name.what, name.subject});
  }
  void show_waits(std::string_view what, std::int64_t subject) const {
    if (!what.empty()) show({Occurrence::Kind::waiting, what, subject});
  }
  bool release_hold(bool one_step);
  void expect_push() { cleanup_.expect_push(); }
  void require_no_push_due() const;

  const bool watched_;
  ThreadOwner* const owner_;
  Observer* const observer_;
  Outcome outcome_;
  Unwinding unwinding_;
  Suspension suspension_;
  Trace trace_;
  CleanupStack cleanup_;
  std::optional<Cleanup> finish_;  // the bottom entry
  bool left_ = false;              // the request's own thread only
};

}  // namespace cancel
