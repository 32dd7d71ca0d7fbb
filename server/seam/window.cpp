#include "server/seam/window.hpp"

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

// Never inlined, so that nothing of its caller stands inside; not instrumented, because
// AddressSanitizer does not see a forced unwind and would leave this frame poisoned.
#define WINDOW __attribute__((noinline, no_sanitize("address")))

namespace seam {
namespace {

/// The frames between here and the first one that cleans up vanish without a word to
/// AddressSanitizer; their poison would be found later by somebody else's frame.
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

WINDOW void window_test() {
  int before = 0;
  unpoison_stack();
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  pthread_testcancel();
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
}

WINDOW void window_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  int before = 0;
  unpoison_stack();
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  pthread_cond_wait(condition, mutex);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
}

WINDOW void window_await() {
  // Nobody else knows these two; only the cancel ends the wait. The mutex is given back all the
  // same: its place on the stack will be another's.
  struct Never {
    Never() { pthread_mutex_lock(&mutex); }
    ~Never() {
      pthread_mutex_unlock(&mutex);
      pthread_mutex_destroy(&mutex);
      pthread_cond_destroy(&comes);
    }
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t comes = PTHREAD_COND_INITIALIZER;
  } never;
  window_wait(&never.comes, &never.mutex);
}

}  // namespace seam
