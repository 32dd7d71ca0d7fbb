#pragma once

/// A condition with at most one waiter.
///
/// notify() is called with the mutex of the wait held, so neither the waiter nor the Condition can
/// disappear before it returns. The single waiter also avoids glibc bug 25847, a wake-up lost when
/// signals and several waiters meet.

#include <pthread.h>

#include "server/seam/mutex.hpp"

namespace seam {

class Condition {
 public:
  Condition();
  ~Condition();
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  /// Releases the mutex, blocks until a notify, and acquires the mutex again. May return without a
  /// notify, so callers loop. Not a cancellation point.
  void wait(Mutex& mutex) REQUIRES(mutex);
  /// As wait(), at most until the deadline. Returns false if the deadline has passed.
  bool wait_until(Mutex& mutex, Time deadline) REQUIRES(mutex);
  /// As wait(), but a cancellation point: the window. A pthread_cancel that strikes here unwinds
  /// the stack by force, with the mutex held.
  void wait_in_window(Mutex& mutex) REQUIRES(mutex);
  /// Wakes the waiter, if there is one. Never blocks.
  void notify() noexcept;

 private:
  /// Waits as the calling thread's scheduler decides.
  Woken scheduled_wait(Mutex& mutex, bool cancellable, const Time* deadline) REQUIRES(mutex);

  pthread_cond_t native_;
};

}  // namespace seam
