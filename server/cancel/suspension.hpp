#pragma once

/// Where a request's thread waits: for a condition of the application, or held at a point.

#include <cstdint>
#include <functional>
#include <string_view>

#include "server/cancel/request_view.hpp"
#include "server/cancel/stage.hpp"
#include "server/cancel/unwinding.hpp"

namespace cancel {

class Suspension {
 public:
  using Predicate = std::function<bool()>;

  Suspension(const StageWord& stage, Unwinding& unwinding) : stage_(stage), unwinding_(unwinding) {}

  // ── The request's own thread ────────────────────────────────────────────────────────────────

  /// Blocks while the request is held at the point it has reached, if `asked` (or a step) wants it
  /// held; calls `held` before, under the mutex. Returns early if a cancel wins and the point is
  /// cancellable. Under posix the pthread_cancel strikes in here.
  void hold_if(const Predicate& asked, const std::function<void()>& held, bool cancellable);
  /// Blocks until `ready`; if it has to wait, calls `waits` before, under the mutex. Returns false
  /// if a cancel won, except in cleanup, where a wait is not cancellable. Under posix the
  /// pthread_cancel strikes in here.
  bool wait_until(const Predicate& ready, const std::function<void()>& waits, std::string_view what,
                  std::int64_t subject);

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  /// Makes the change under the mutex and lets the waiter look again.
  void wake(const std::function<void()>& change);
  /// Shows a wait that is not a cancellation point; "" ends it.
  void show(std::string_view what, std::int64_t subject);
  /// Makes an attempt to cancel under the mutex. If it wins, wakes the thread; a request held at
  /// its admission is held no longer. One critical section for both: a wait cannot miss the cancel.
  CancelAttempt cancel(const std::function<CancelAttempt()>& attempt);
  /// Fills in `held`, `waiting` and `waiting_for`.
  void describe(RequestView& view) const;

  // ── The thread that completes the request ───────────────────────────────────────────────────

  /// Holds a request that needs no thread any more, under the conditions of hold_if(), without
  /// blocking. Returns whether it is held: then release() may have another thread complete it, and
  /// the caller touches it no more.
  bool park_if(const Predicate& asked, const std::function<void()>& held);

  // ── The boss's thread ───────────────────────────────────────────────────────────────────────

  /// Holds a request that has no thread yet, if `asked`; calls `held` then. Returns whether it is
  /// held.
  bool hold_unstarted(const Predicate& asked, const std::function<void()>& held);
  /// The result of a release: whether the request was held, and if so, whether it had no thread:
  /// not yet (unstarted) or no more (parked).
  struct Released {
    bool held;
    bool unstarted;
    bool parked;
  };
  /// Lets a held request go on: for good, so that no later hold stops it, or with `one_step` to its
  /// next point. A request that is not held only loses a step that it was asked for.
  Released release(bool one_step);

 private:
  bool lost(bool cancellable) const;

  const StageWord& stage_;
  Unwinding& unwinding_;

  mutable seam::Mutex mutex_;
  seam::Condition changed_;  // the request's own thread is its only waiter
  std::string_view waiting_ GUARDED_BY(mutex_);
  std::int64_t subject_ GUARDED_BY(mutex_) = 0;
  bool held_ GUARDED_BY(mutex_) = false;
  bool parked_ GUARDED_BY(mutex_) = false;         // held without a thread, after its part
  bool stop_at_next_ GUARDED_BY(mutex_) = false;   // a step: held at the next point
  bool ignores_holds_ GUARDED_BY(mutex_) = false;  // resumed for good
};

}  // namespace cancel
