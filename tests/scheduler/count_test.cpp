/// The numbers of orders, against numbers computed by hand.

#include <array>
#include <memory>

#include <doctest/doctest.h>

#include "tests/scheduler/explore.hpp"

namespace {

using Counter = seam::Atomic<int>;

/// `threads` threads touch a counter `times` times: all the same one, or each its own.
explore::Result count(const explore::Options& options, int threads, int times, bool same,
                      bool read_only = false) {
  return explore::exhaustive(options, [=](explore::Run& run) {
    std::array<Counter, 4> counters;
    for (int t = 0; t < threads; ++t) {
      Counter& mine = counters[same ? 0 : static_cast<std::size_t>(t)];
      run.spawn("t" + std::to_string(t), [&mine, times, read_only] {
        for (int i = 0; i < times; ++i) {
          if (read_only) {
            (void)mine.load();
          } else {
            mine.fetch_add(1);
          }
        }
      });
    }
    run.go();
  });
}

/// Two threads, each with `times` critical sections of one mutex and a step inside.
explore::Result sections(const explore::Options& options, int times) {
  return explore::exhaustive(options, [=](explore::Run& run) {
    seam::Mutex mutex;
    Counter counter;
    const auto body = [&] {
      for (int i = 0; i < times; ++i) {
        const seam::Lock lock(mutex);
        counter.fetch_add(1);
      }
    };
    run.spawn("a", body);
    run.spawn("b", body);
    run.go();
  });
}

const explore::Options every{.reduce = false};

}  // namespace

TEST_CASE("every order is run once") {
  CHECK(count(every, 1, 5, true).runs == 1);
  CHECK(count(every, 2, 1, true).runs == 2);
  CHECK(count(every, 2, 2, true).runs == 6);    // 4! / (2! 2!)
  CHECK(count(every, 2, 3, false).runs == 20);  // 6! / (3! 3!)
  CHECK(count(every, 3, 1, true).runs == 6);    // 3!
  CHECK(count(every, 3, 2, true).runs == 90);   // 6! / (2! 2! 2!)
  CHECK(count(every, 2, 2, true).complete);
  CHECK(count(every, 2, 2, true).redundant == 0);
}

TEST_CASE("a critical section is one step of the order") {
  CHECK(sections(every, 1).runs == 2);
  CHECK(sections(every, 2).runs == 6);
}

TEST_CASE("a bound on preemptions counts switches away from a thread that could go on") {
  const auto at_most = [](int preemptions) { return explore::Options{.preemptions = preemptions}; };
  CHECK(count(at_most(0), 2, 2, true).runs == 2);  // aabb bbaa
  CHECK(count(at_most(1), 2, 2, true).runs == 4);  // abba baab
  CHECK(count(at_most(2), 2, 2, true).runs == 6);  // abab baba
}

TEST_CASE("reduction runs one of several equivalent orders") {
  const explore::Options reduced{};
  const auto distinct = [](const explore::Result& r) { return r.runs - r.redundant; };
  CHECK(distinct(count(reduced, 2, 3, false)) == 1);       // nothing shared
  CHECK(distinct(count(reduced, 3, 2, true, true)) == 1);  // only read
  CHECK(distinct(count(reduced, 2, 2, true)) == 6);        // every order differs
  CHECK(distinct(count(reduced, 3, 1, true)) == 6);
  CHECK(distinct(sections(reduced, 2)) == 6);
}

TEST_CASE("having waited for an event or not makes no other order") {
  const auto waits = explore::exhaustive({}, [](explore::Run& run) {
    const int event = 0;
    bool happened = false;
    for (int t = 0; t < 3; ++t) {
      run.spawn("waiter", [&] {
        run.await(&event);
        run.check(happened, "it has happened");
      });
    }
    run.spawn("teller", [&] {
      happened = true;
      run.happen(&event);
    });
    run.go();
  });
  CHECK_FALSE(waits.failure);
  CHECK(waits.complete);
  CHECK(waits.runs == 1);
}

TEST_CASE("an exploration that reaches its limit of runs is incomplete") {
  explore::Options few = every;
  few.most_runs = 3;
  const auto result = count(few, 2, 2, true);
  CHECK(result.runs == 3);
  CHECK_FALSE(result.complete);
}
