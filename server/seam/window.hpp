#pragma once

/// The windows: the only three places in the program where a pthread_cancel can strike.
///
/// A thread of ours lives with cancellation disabled and deferred. Each window enables it around
/// one call that is a cancellation point, one that can be abandoned without losing anything, and
/// disables it again. There is no read, no write, no SQLite and no logging inside: cancelled in
/// fsync, SQLite would keep its mutex for good; cancelled in read, glibc loses the bytes (bug
/// 12683).
///
/// When the cancel strikes, the stack unwinds by force: destructors run, nothing can be caught. So
/// no window may stand in a destructor, a noexcept function, a coroutine or an event handler (the
/// process would end), nor above a `catch (...)` that does not rethrow.

#include <pthread.h>

namespace seam {

/// The first act of every thread: disabled, deferred.
void disable_cancellation() noexcept;

/// Acts on a cancel that is pending; otherwise returns at once. (pthread_testcancel)
void window_test();
/// One pthread_cond_wait. If the cancel strikes, the mutex is held again, as POSIX has it.
void window_wait(pthread_cond_t* condition, pthread_mutex_t* mutex);
/// Waits for a cancel that is pending or on its way, and acts on it; may return early.
void window_await();

}  // namespace seam
