/// Windows: the only places where a pthread_cancel strikes.

#include "server/seam/window.hpp"

#include <atomic>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "server/seam/seam.hpp"

namespace {

/// Runs `body` on a thread that has a pthread_cancel pending from before it begins.
/// True if the thread died of it.
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

TEST_CASE("a thread begins with cancellation disabled and deferred, and is so after a window") {
  int before = -1;
  int type = -1;
  int after = -1;
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    before = cancel_state();
    type = cancel_type();
    seam::window_test();
    after = cancel_state();
  }));
  CHECK_FALSE(thread.join());
  CHECK(before == PTHREAD_CANCEL_DISABLE);
  CHECK(type == PTHREAD_CANCEL_DEFERRED);
  CHECK(after == PTHREAD_CANCEL_DISABLE);
}

TEST_CASE("a pending cancel strikes nowhere outside of a window") {
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

TEST_CASE("a pending cancel strikes in each window, and the stack is unwound") {
  struct Unwound {
    bool& flag;
    ~Unwound() { flag = true; }
  };
  bool unwound = false;
  bool went_on = false;
  SUBCASE("a test") {
    CHECK(dies_with_cancel_pending([&] {
      const Unwound mark{unwound};
      seam::window_test();
      went_on = true;
    }));
  }
  SUBCASE("a wait") {
    CHECK(dies_with_cancel_pending([&] {
      const Unwound mark{unwound};
      seam::Mutex mutex;
      seam::Condition condition;
      const seam::Lock lock(mutex);
      for (;;) condition.wait_in_window(mutex);
    }));
  }
  SUBCASE("a wait for the cancel itself") {
    CHECK(dies_with_cancel_pending([&] {
      const Unwound mark{unwound};
      seam::die_in_window();
    }));
  }
  CHECK(unwound);
  CHECK_FALSE(went_on);
}

TEST_CASE("a wait in the window is left with the mutex held, whenever the cancel comes") {
  seam::Mutex mutex;
  seam::Condition condition;
  std::atomic<bool> waiting = false;
  bool again = false;
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    const seam::Lock lock(mutex);  // given back by the unwinding
    waiting = true;
    for (;;) condition.wait_in_window(mutex);
  }));
  while (!waiting) sched_yield();
  {
    const seam::Lock lock(mutex);  // it waits, or this could not be had
    thread.cancel();
  }
  CHECK(thread.join());
  const seam::Lock lock(mutex);
  again = true;
  CHECK(again);
}

TEST_CASE("who knows that a cancel is on its way waits for it") {
  std::atomic<bool> knows = false;
  seam::Thread thread;
  REQUIRE(thread.start([&] {
    knows = true;
    seam::die_in_window();
  }));
  while (!knows) sched_yield();
  thread.cancel();
  CHECK(thread.join());
}
