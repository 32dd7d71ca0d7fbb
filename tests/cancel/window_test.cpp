/// The window: the only place where a pthread_cancel strikes.

#include "server/seam/window.hpp"

#include <atomic>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "server/seam/seam.hpp"
#include "tests/cancel/forked.hpp"

namespace {

/// Runs `body` on a thread whose pthread_cancel was posted before. Returns true if the cancel ended
/// the thread.
template <typename Body>
bool dies_with_cancel_pending(const Body& body) {
  std::atomic<bool> posted = false;
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    while (!posted) sched_yield();
    body();
  }));
  thread.cancel();
  posted = true;
  return thread.join();
}

int cancel_state() {
  int state = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  return state;
}

int cancel_type() {
  int type = 0;
  pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
  return type;
}

}  // namespace

TEST_CASE("cancellation is disabled and deferred when a thread starts, and after the window") {
  int before = -1;
  int type = -1;
  int after = -1;
  seam::Mutex mutex;
  seam::Condition condition;
  bool ready = false;
  seam::Thread thread;
  seam::Thread waker;
  REQUIRE(thread.start([&] {
    before = cancel_state();
    type = cancel_type();
    const seam::Lock lock(mutex);
    while (!ready) condition.wait_in_window(mutex);
    after = cancel_state();
  }));
  REQUIRE(waker.start([&] {
    const seam::Lock lock(mutex);
    ready = true;
    condition.notify();
  }));
  waker.join();
  CHECK_FALSE(thread.join());
  CHECK(before == PTHREAD_CANCEL_DISABLE);
  CHECK(type == PTHREAD_CANCEL_DEFERRED);
  CHECK(after == PTHREAD_CANCEL_DISABLE);
}

TEST_CASE("a pending cancel strikes nowhere outside the window") {
  bool came_through = false;
  CHECK_FALSE(dies_with_cancel_pending([&] {
    seam::Mutex mutex;
    seam::Condition condition;
    {
      const seam::Lock lock(mutex);
      condition.notify();
      condition.wait_until(mutex, seam::now());
    }
    pthread_testcancel();
    char byte = 0;
    const int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    const bool all_read = read(zero, &byte, 1) == 1;
    close(zero);
    seam::Thread other;
    const bool started = other.start([] {});
    if (started) other.join();
    came_through = all_read && started;
  }));
  CHECK(came_through);
}

TEST_CASE("a pending cancel strikes in the window, and the stack is unwound") {
  bool unwound = false;
  SUBCASE("in a wait for a condition") {
    CHECK(dies_with_cancel_pending([&] {
      const seam::ScopeExit mark([&] { unwound = true; });
      seam::Mutex mutex;
      seam::Condition condition;
      const seam::Lock lock(mutex);
      for (;;) condition.wait_in_window(mutex);
    }));
  }
  SUBCASE("in a wait for the cancel itself") {
    CHECK(dies_with_cancel_pending([&] {
      const seam::ScopeExit mark([&] { unwound = true; });
      seam::await_cancel();
    }));
  }
  CHECK(unwound);
}

TEST_CASE("a cancel that strikes in a wait leaves the thread owning the mutex") {
  seam::Mutex mutex;
  seam::Condition condition;
  std::atomic<bool> waiting = false;
  bool acquired = false;
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    const seam::Lock lock(mutex);  // released by the unwinding
    waiting = true;
    for (;;) condition.wait_in_window(mutex);
  }));
  while (!waiting) sched_yield();
  {
    const seam::Lock lock(mutex);  // the thread waits, or it would still own the mutex
    thread.cancel();
  }
  CHECK(thread.join());
  const seam::Lock lock(mutex);
  acquired = true;
  CHECK(acquired);
}

TEST_CASE("await_cancel() waits for a cancel that has not been posted yet") {
  std::atomic<bool> waiting = false;
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    waiting = true;
    seam::await_cancel();
  }));
  while (!waiting) sched_yield();
  thread.cancel();
  CHECK(thread.join());
}

TEST_CASE("destroying a thread that was not joined ends the process") {
  std::atomic<bool> may_end = false;  // ended and not joined, it is a leak to ThreadSanitizer
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    while (!may_end) sched_yield();
  }));
  CHECK(broken_rule([&] { thread.~Thread(); }) == "a thread is joined before it is destroyed");
  may_end = true;
  thread.join();
}
