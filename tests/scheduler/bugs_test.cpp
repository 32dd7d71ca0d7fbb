/// Each driver finds planted mistakes.

#include <doctest/doctest.h>

#include "tests/scheduler/explore.hpp"

// ThreadSanitizer would report the planted deadlock, and the threads of a stuck run as leaked.
extern "C" const char* __tsan_default_options() {
  return "detect_deadlocks=0:report_thread_leaks=0";
}

namespace {

/// Reads, then writes the value plus one: two of these can lose an update.
void lost_update(explore::Run& run) {
  seam::Atomic<int> balance;
  const auto deposit = [&balance] { balance.store(balance.load() + 1); };
  run.spawn("one", deposit);
  run.spawn("two", deposit);
  run.go();
  run.check(balance.load() == 2, "no update is lost");
}

void sound_update(explore::Run& run) {
  seam::Atomic<int> balance;
  const auto deposit = [&balance] { balance.fetch_add(1); };
  run.spawn("one", deposit);
  run.spawn("two", deposit);
  run.go();
  run.check(balance.load() == 2, "no update is lost");
}

/// Two mutexes, acquired in opposite orders.
void embrace(explore::Run& run) {
  seam::Mutex left;
  seam::Mutex right;
  run.spawn("lefty", [&] {
    const seam::Lock first(left);
    const seam::Lock second(right);
  });
  run.spawn("righty", [&] {
    const seam::Lock first(right);
    const seam::Lock second(left);
  });
  run.go();
}

/// Tests the flag before it acquires the mutex: the notify can come between the two.
void lost_wake_up(explore::Run& run) {
  seam::Mutex mutex;
  seam::Condition ready;
  seam::Atomic<bool> done;
  run.spawn("waiter", [&] {
    if (done.load()) return;
    const seam::Lock lock(mutex);
    ready.wait(mutex);
  });
  run.spawn("teller", [&] {
    const seam::Lock lock(mutex);
    done.store(true);
    ready.notify();
  });
  run.go();
}

void endless(explore::Run& run) {
  seam::Atomic<int> never;
  run.spawn("spinner", [&] {
    while (never.load() == 0) {
    }
  });
  run.go();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a lost update is found, with reduction, without, and with one preemption") {
  for (const explore::Options& options : {explore::Options{}, explore::Options{.reduce = false},
                                          explore::Options{.preemptions = 1}}) {
    const auto result = explore::exhaustive(options, lost_update);
    REQUIRE(result.failure);
    CHECK(result.failure->what == "no update is lost");
  }
  const auto bounded = explore::exhaustive({.preemptions = 0}, lost_update);
  CHECK(bounded.complete);
  CHECK_FALSE(bounded.failure);
}

TEST_CASE("random orders and PCT find a lost update") {
  CHECK(explore::random({}, 1, 1000, lost_update).failure);
  CHECK(explore::pct({}, 1, 2, 1000, lost_update).failure);
}

TEST_CASE("PCT tries all ways in which a wait can end") {
  int deaths = 0;
  const auto result = explore::pct({}, 1, 2, 200, [&deaths](explore::Run& run) {
    seam::Mutex mutex;
    seam::Condition condition;
    bool ready = false;
    const auto waiter = run.spawn("waiter", [&] {
      const seam::Lock lock(mutex);
      while (!ready) condition.wait_in_window(mutex);
    });
    run.spawn("teller", [&] {
      {
        const seam::Lock lock(mutex);
        ready = true;
        condition.notify();
      }
      waiter->cancel();
    });
    run.go();
    deaths += run.died(waiter) ? 1 : 0;
  });
  CHECK_FALSE(result.failure);
  CHECK(deaths > 0);
  CHECK(deaths < 200);
}

TEST_CASE("a cancellable wait in cleanup is found") {
  const auto result = explore::exhaustive({}, [](explore::Run& run) {
    seam::Mutex mutex;
    seam::Condition never;
    struct Cleanup {
      seam::Mutex& mutex;
      seam::Condition& condition;
      ~Cleanup() { condition.wait_in_window(mutex); }
    };
    const auto waiter = run.spawn("waiter", [&] {
      const seam::Lock lock(mutex);
      seam::Condition own;
      const Cleanup cleanup{mutex, own};
      never.wait_in_window(mutex);
    });
    run.spawn("canceller", [&] { waiter->cancel(); });
    run.go();
  });
  REQUIRE(result.failure);
  CHECK(result.failure->what == "cleanup runs with cancellation disabled");
}

TEST_CASE("sound code passes with every driver") {
  const auto result = explore::exhaustive({.reduce = false}, sound_update);
  CHECK(result.complete);
  CHECK_FALSE(result.failure);
  CHECK_FALSE(explore::random({}, 1, 20, sound_update).failure);
  CHECK_FALSE(explore::pct({}, 1, 2, 20, sound_update).failure);
}

TEST_CASE("a deadlock is found, with each waiter, the owner and the last step") {
  const auto result = explore::exhaustive({}, embrace);
  REQUIRE(result.failure);
  CHECK(contains(result.failure->what, "deadlock: "));
  CHECK(contains(result.failure->what, "lefty: acquire #2, held by righty, after lefty: acquire"));
  CHECK(contains(result.failure->what, "righty: acquire #1, held by lefty, after righty: acquire"));
}

TEST_CASE("a lost wake-up is reported as a deadlock") {
  const auto result = explore::exhaustive({}, lost_wake_up);
  REQUIRE(result.failure);
  CHECK(contains(result.failure->what, "deadlock: waiter: wake"));
}

TEST_CASE("a run without end is ended and reported") {
  const auto result = explore::exhaustive({.most_steps = 50}, endless);
  REQUIRE(result.failure);
  CHECK(contains(result.failure->what, "no end"));
}
