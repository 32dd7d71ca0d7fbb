#pragma once

/// The window: the only place in the program where a pthread_cancel can strike.
///
/// Every thread lives with cancellation disabled and deferred. The window enables it around one
/// pthread_cond_wait, a call that can be abandoned without losing anything, and disables it again.
/// There is no read, no write, no SQLite and no logging inside: a cancel in fsync would leave
/// SQLite's mutex locked for good; a cancel in read loses the bytes (glibc bug 12683).
///
/// A cancel that strikes unwinds the stack by force: destructors run, and no handler may stop it.
/// So nothing that calls the window may be a destructor, a noexcept function, a coroutine or an
/// event handler (the process would end), nor be called inside a `catch (...)` that does not
/// rethrow.

#include <pthread.h>

namespace seam {

/// Disables cancellation of the calling thread and makes it deferred: the first act of a thread.
void disable_cancellation() noexcept;

/// Makes one pthread_cond_wait in the window. If a cancel strikes, the stack unwinds with the mutex
/// held, as POSIX requires.
void window_wait(pthread_cond_t* condition, pthread_mutex_t* mutex);

/// Acts on a pthread_cancel that was posted to the calling thread or certainly will be. Blocks
/// until the cancel arrives. Never returns: the stack unwinds by force.
[[noreturn]] void await_cancel();

}  // namespace seam
