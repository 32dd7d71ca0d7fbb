#include "server/seam/window.hpp"

#include "server/seam/scheduler.hpp"
#include "server/seam/scope_exit.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define ATM_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ATM_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef ATM_ADDRESS_SANITIZER
extern "C" void __asan_handle_no_return(void);
#endif

// Never inlined, so that cancellation is enabled for nothing of the caller. Not instrumented:
// AddressSanitizer does not see a forced unwind and would leave this frame poisoned.
#define WINDOW __attribute__((noinline, no_sanitize("address")))

namespace seam {
namespace {

/// Clears AddressSanitizer's marks on the stack. A forced unwind removes frames that it still has
/// marked, and a later call that uses the same memory would be reported.
WINDOW void unpoison_stack() {
#ifdef ATM_ADDRESS_SANITIZER
  __asan_handle_no_return();
#endif
}

}  // namespace

void disable_cancellation() noexcept {
  int before = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &before);
}

WINDOW void window_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  int before = 0;
  unpoison_stack();
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  pthread_cond_wait(condition, mutex);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
}

WINDOW void await_cancel() {
  if (scheduler != nullptr) scheduler->await_cancel();
  // Only the cancel ends this wait: no other thread knows the condition.
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  const ScopeExit destroy([&] {
    pthread_mutex_unlock(&mutex);
    pthread_mutex_destroy(&mutex);
    pthread_cond_destroy(&never);
  });
  pthread_mutex_lock(&mutex);
  for (;;) window_wait(&never, &mutex);
}

}  // namespace seam
