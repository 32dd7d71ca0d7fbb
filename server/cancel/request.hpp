#pragma once

/// A request: work that may be cancelled, from its admission until its last reference is dropped.
///
/// An application derives from it, says what to do (perform), and how it ends (conclude). Its life:
///
///     make_shared ─► HandleTable::insert ─► WorkerPool::admit ─► run(), on a worker's thread
///                                             │                    perform()    the work, with
///                                             points │                    conclude()   the truth
///                                             is told │                    gone         the handle
///                                             is removed └─ cancelled while queued ─► conclude(),
///                                             with no thread
///
/// Thread safety: cancel(), resume(), step() and the questions may be asked by any thread at any
/// time, through a reference (shared_ptr). The rest belongs to the thread that runs the request.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/cancel/cleanup.hpp"
#include "server/cancel/points.hpp"
#include "server/cancel/stage.hpp"
#include "server/seam/seam.hpp"

namespace cancel {

/// How a cancelled request leaves its code.
enum class Mechanism : std::uint8_t {
  token,  // the point throws Cancelled; the worker lives on
  posix,  // pthread_cancel; the thread unwinds by force and dies
};

/// Thrown at a point by the token mechanism. Not a std::exception, so that no handler of errors
/// takes it for one. Who catches it lets it go on.
struct Cancelled {};

/// What the one who cancels is told. Final the moment it is given.
enum class Verdict : std::uint8_t {
  cancelled,  // this call stopped it; nothing was changed or will be
  already,    // an earlier cancel did
  too_late,   // it had passed the point of no return or been answered
  invalid,    // not in flight, or never was
  unknown,    // it was stopped, but what was to be made durable of that could not be
};
std::string_view name(Verdict verdict);

/// Why, by whose order.
struct CancelOrder {
  std::uint8_t reason = 0;  // the application's
  std::string text;         // for people
  bool final = false;       // the application is to make the cancel durable before anybody is told
};

using VerdictCallback = std::function<void(Verdict)>;
using Callback = std::function<void()>;

/// Whoever created the worker threads: a thread is cancelled only by the thread that created it.
class ThreadOwner {
 public:
  virtual ~ThreadOwner() = default;
  /// A queued request was cancelled: take it off the queue and end it. Any thread; never blocks.
  virtual void end_queued(std::shared_ptr<Request> request) = 0;
  /// A running one was: call its post_cancel() from the boss's own thread. Any thread; never
  /// blocks.
  virtual void deliver_cancel(std::shared_ptr<Request> request) = 0;
  /// A request held at `queued` has been let go: queue it. The boss's own thread only.
  virtual void requeue(std::shared_ptr<Request> request) = 0;
};

/// What a request looks like from outside, at one moment.
struct RequestView {
  Stage stage;
  PointIndex point;
  bool held;
  std::string_view waiting;          // empty, "lock", "commit", "hold"
  std::int64_t waiting_for;          // the lock's subject
  std::vector<CleanupName> cleanup;  // top first
  std::vector<PointIndex> passed;
  std::vector<std::int64_t> passed_at_us;  // since admission; empty unless watched
  std::int64_t age_us;
};

class Request : public std::enable_shared_from_this<Request> {
 public:
  struct Options {
    Mechanism mechanism = Mechanism::token;
    ThreadOwner* owner = nullptr;  // outlives the request
    bool watched = false;  // points take the long way: times are noted, holds are looked for
  };
  explicit Request(const Options& options);
  virtual ~Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  /// Cancels, if it is not too late; the verdict comes through `on_verdict`, once: at once, on this
  /// thread, if it stands already, else from the thread that ends the request. Never blocks on it.
  /// Returns what the swap found.
  CancelAttempt cancel(CancelOrder order, VerdictCallback on_verdict);
  /// Calls back, once, when the request has let go of everything and its handle is gone.
  void when_gone(Callback callback);
  /// Lets a held request go on: for good, or to its next point. False if it is not held. The boss's
  /// thread only, since a request held at `queued` is queued again.
  bool resume() { return release_hold(false); }
  bool step() { return release_hold(true); }

  Stage stage() const { return stage_.load(); }
  /// Why it was cancelled; null if it was not. Given once: good for as long as the request.
  const CancelOrder* order() const;
  RequestView view() const;

  // ── The boss's thread ───────────────────────────────────────────────────────────────────────

  /// At admission: true if a hold keeps the request from a worker.
  bool hold_if_asked(PointIndex queued);
  /// Posts the pthread_cancel to the thread that runs the request.
  void post_cancel();
  /// Ends a request that was cancelled while queued. May block as conclude() does.
  void end_unstarted();

  // ── The thread that runs it ─────────────────────────────────────────────────────────────────

  /// Performs the request on `thread`, the calling one, and ends it. False if a cancel came before:
  /// then the boss ends it. Under posix a cancelled request takes the thread with it.
  bool run(std::shared_ptr<seam::Thread> thread);
  /// The request the calling thread runs; null if none.
  static Request* current();

  /// The point of no return. From here on cancellation is disabled, and the request runs to its
  /// end. Does not return if a cancel has won.
  void point_of_no_return();
  /// A read or a refusal is about to be told. Does not return if a cancel has won.
  void close_to_cancels();
  /// The outcome of what was committed: committed, unknown, or answered (refused by the store).
  void settle(Stage outcome) { stage_.end(outcome); }

  void pass(PointIndex point);
  /// A cancellable wait, until `ready`, which is asked under the request's mutex. wake() makes it
  /// be asked again. The mutex is held when this returns, or unwinds, no more.
  void wait_until(const std::function<bool()>& ready, std::string_view what, std::int64_t subject);
  /// Any thread: changes what `ready` rests on, under the request's mutex, and wakes the request.
  void wake(const std::function<void()>& change);
  /// For TXN LIST, around a wait that is no cancellation point.
  void now_waiting(std::string_view what, std::int64_t subject = 0);

 protected:
  // ── What the application supplies ───────────────────────────────────────────────────────────

  /// The work. May throw Cancelled at points and nothing else; answers whom it has to answer.
  virtual void perform() = 0;
  /// The two halves of the bottom entry of the cleanup stack, for a request that was cancelled:
  /// everything else has been let go, cancellation is disabled. First, if the order is final, that
  /// is made durable. Returns what the winner is told: cancelled; unknown if it cannot be made
  /// durable; already or too_late if something durable stood in its way. May block.
  virtual Verdict make_final(const CancelOrder& order) noexcept = 0;
  /// Then the customer is told, and the cancellers after it.
  virtual void tell_cancelled(const CancelOrder& order, Verdict winners) noexcept = 0;
  /// Removes the handle. From here on nobody finds the request any more. Throws nothing.
  virtual void remove() noexcept = 0;
  /// Whether a hold stops this request at that point. Any thread; must not wait.
  virtual bool must_hold(PointIndex point) const = 0;
  /// Whether it gets a thread of its own, beyond the pool's bound, that ends with it.
  virtual bool needs_own_thread() const { return false; }
  /// A request cancelled while queued has to be ended; by default on the boss's own thread, at
  /// once. One whose make_final() blocks overrides this, and has end_unstarted() called elsewhere.
  virtual void schedule_end() { end_unstarted(); }

 private:
  friend class Cleanup;
  friend class WorkerPool;

  [[noreturn]] void die();
  void attend(PointIndex point);
  void wait_while_held(PointIndex point, bool cancellable) EXCLUDES(mutex_);
  void wait_for_change(bool cancellable) REQUIRES(mutex_);
  void conclude() noexcept;
  bool release_hold(bool one_step);
  void note(PointIndex point);

  static constexpr std::size_t most_passed = 40;

  std::shared_ptr<Request> noted_before_;  // the worker pool's: its notes need no memory

  // Constant after construction.
  const Mechanism mechanism_;
  const bool watched_;
  ThreadOwner* const owner_;
  const seam::Time admitted_;

  // Words of their own.
  StageWord stage_;
  seam::Atomic<std::uint8_t> passed_count_{0};

  // Written by the request's own thread only, read by others up to passed_count_.
  std::array<PointIndex, most_passed> passed_{};
  std::array<std::int64_t, most_passed> passed_at_us_{};
  bool unwinding_ = false;  // cleanup has begun: points are passed in silence

  mutable seam::Mutex mutex_;
  seam::Condition awake_;  // the request's own thread waits here
  std::optional<CancelOrder> order_ GUARDED_BY(mutex_);
  std::vector<VerdictCallback> later_cancellers_ GUARDED_BY(mutex_);
  VerdictCallback winner_ GUARDED_BY(mutex_);
  std::vector<Callback> when_gone_ GUARDED_BY(mutex_);
  std::optional<Verdict> told_
      GUARDED_BY(mutex_);  // what a later canceller is told, once concluded
  std::shared_ptr<seam::Thread> thread_ GUARDED_BY(mutex_);
  std::string_view waiting_ GUARDED_BY(mutex_);
  std::int64_t waiting_for_ GUARDED_BY(mutex_) = 0;
  bool held_ GUARDED_BY(mutex_) = false;
  bool stop_at_next_ GUARDED_BY(mutex_) = false;
  bool gone_ GUARDED_BY(mutex_) = false;

  mutable seam::Mutex stack_mutex_;
  Cleanup* cleanup_ GUARDED_BY(stack_mutex_) = nullptr;  // the topmost
};

}  // namespace cancel
