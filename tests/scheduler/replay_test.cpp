/// A failing schedule fails again in the same steps; the strike of a cancel is a choice, too.

#include <set>

#include <doctest/doctest.h>

#include "tests/scheduler/explore.hpp"
#include "tests/scheduler/schedule.hpp"

namespace {

/// Fails only if three threads touch the word in one particular order.
void particular_order(explore::Run& run) {
  seam::Atomic<int> word;
  const auto append = [&word](int digit) { word.store(word.load() * 10 + digit); };
  for (int digit = 1; digit <= 3; ++digit) {
    run.spawn("t" + std::to_string(digit), [&append, digit] { append(digit); });
  }
  run.go();
  run.check(word.load() != 231, "not 231");
}

}  // namespace

TEST_CASE("a schedule is parsed as it was written") {
  CHECK(explore::to_string({0, 1, 1, 0, 2, 11}) == "0.1.1.0.2.11");
  CHECK(explore::parse_schedule("0.1.1.0.2.11") == explore::Schedule{0, 1, 1, 0, 2, 11});
  CHECK(explore::to_string({0, 0, 0, 2, 0, 1, 0, 0}) == "0*3.2.0.1");
  CHECK(explore::parse_schedule("0*3.2.0.1") == explore::Schedule{0, 0, 0, 2, 0, 1});
  CHECK(explore::parse_schedule("0*").empty());
  CHECK(explore::parse_schedule("").empty());
  CHECK(explore::parse_schedule("1.x") == explore::Schedule{1});
}

TEST_CASE("replay repeats a failing run step by step, whichever driver found it") {
  for (const auto& found :
       {explore::exhaustive({}, particular_order), explore::random({}, 7, 10'000, particular_order),
        explore::pct({}, 7, 3, 10'000, particular_order)}) {
    REQUIRE(found.failure);
    const auto again = explore::replay({}, found.failure->schedule, particular_order);
    REQUIRE(again.failure);
    CHECK(again.failure->what == "not 231");
    CHECK(again.failure->schedule == found.failure->schedule);
    CHECK(again.failure->trace == found.failure->trace);
  }
}

TEST_CASE("the same seed gives the same runs") {
  const auto one = explore::random({}, 7, 10'000, particular_order);
  const auto two = explore::random({}, 7, 10'000, particular_order);
  CHECK(one.runs == two.runs);
  REQUIRE(one.failure);
  REQUIRE(two.failure);
  CHECK(one.failure->schedule == two.failure->schedule);
}

TEST_CASE("a test that is not deterministic fails as such") {
  int times = 0;
  const auto result = explore::exhaustive({.reduce = false}, [&times](explore::Run& run) {
    seam::Atomic<int> word;
    const int touches = times++ == 0 ? 3 : 1;
    run.spawn("a", [&word, touches] {
      for (int i = 0; i < touches; ++i) word.fetch_add(1);
    });
    run.spawn("b", [&word] {
      word.fetch_add(1);
      word.fetch_add(1);
    });
    run.go();
  });
  REQUIRE(result.failure);
  CHECK(result.failure->what.find("not deterministic") != std::string::npos);
}

TEST_CASE("a cancellable wait that is notified and cancelled is tried both ways") {
  std::set<bool> died;
  const auto result = explore::exhaustive({}, [&died](explore::Run& run) {
    seam::Mutex mutex;
    seam::Condition condition;
    bool ready = false;
    const auto waiter = run.spawn("waiter", [&] {
      const seam::Lock lock(mutex);
      while (!ready) condition.wait_in_window(mutex);
    });
    run.spawn("teller", [&] {
      const seam::Lock lock(mutex);
      ready = true;
      condition.notify();
    });
    run.spawn("canceller", [&] { waiter->cancel(); });
    run.go();
    died.insert(run.died(waiter));
    const seam::Lock lock(mutex);  // the mutex came back, however the wait ended
  });
  CHECK_MESSAGE(!result.failure, result.text());
  CHECK(result.complete);
  CHECK(died == std::set<bool>{false, true});
}

TEST_CASE("a thread that awaits its cancel dies of it, and another thread joins it") {
  const auto result = explore::exhaustive({}, [](explore::Run& run) {
    seam::Thread doomed;
    bool cleaned = false;
    struct Cleaner {
      bool& flag;
      ~Cleaner() { flag = true; }
    };
    run.spawn("parent", [&] {
      run.check(doomed.start([&] {
        const Cleaner cleaner{cleaned};
        seam::await_cancel();
      }),
                "started");
      doomed.cancel();
      run.check(doomed.join(), "it ended by the cancel");
    });
    run.go();
    run.check(cleaned, "its stack was unwound");
  });
  CHECK_MESSAGE(!result.failure, result.text());
  CHECK(result.complete);
}
