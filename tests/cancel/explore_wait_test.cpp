/// A wait for a CancellableMutex that its owner keeps, in every order: the cancel ends the wait.

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"
#include "tests/cancel/explored.hpp"

using cancel::Verdict;
using explored::Request;

TEST_CASE("explored: a cancel ends the wait for a mutex that its owner keeps") {
  const auto mechanism = crew::either_mechanism();
  cancel::set_points(explored::point_table);
  const auto result = explore::exhaustive(explored::all_orders, [&](explore::Run& run) {
    explored::Owner boss(1);
    cancel::CancellableMutex mutex({"unlock", "stop waiting"}, 42);
    cancel::Event cancelled;  // until then the owner keeps the mutex
    bool granted = false;
    const auto waiter = std::make_shared<Request>(mechanism, boss, [&](Request& request) {
      const cancel::MutexOwner owner(request, mutex);
      granted = true;
    });
    const auto owner = std::make_shared<Request>(mechanism, boss, [&](Request&) {});
    mutex.lock(*owner);
    run.spawn("boss", [&] { boss.run_posted(); });
    spawn_worker(run, "waiter", waiter);
    run.spawn("owner", [&] {
      cancelled.wait();
      mutex.unlock();
    });
    Verdict verdict = Verdict::invalid;
    run.spawn("canceller", [&] {
      waiter->cancel({}, [&](Verdict told) {
        verdict = told;
        cancelled.signal();
      });
    });
    run.go();
    run.check(verdict == Verdict::cancelled && !granted, "the wait ends with the cancel");
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  CHECK((result.complete || explored::sampled));
}

TEST_CASE("explored: a wait with a deadline ends with the notify or with the deadline") {
  int heard = 0;
  int timed_out = 0;
  explore::Options at_any_time = explored::all_orders;
  at_any_time.time_is_a_choice = true;
  const auto result = explore::exhaustive(at_any_time, [&](explore::Run& run) {
    seam::Mutex mutex;
    seam::Condition changed;
    bool told = false;
    bool in_time = true;
    run.spawn("waiter", [&] {
      const seam::Lock lock(mutex);
      const seam::Time until = seam::now() + std::chrono::milliseconds(1);
      while (!told && in_time) in_time = changed.wait_until(mutex, until);
    });
    run.spawn("notifier", [&] {
      const seam::Lock lock(mutex);
      told = true;
      changed.notify();
    });
    run.go();
    run.check(told, "the notifier has run");
    ++(in_time ? heard : timed_out);
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  CHECK((result.complete || explored::sampled));
  CHECK(heard > 0);
  CHECK(timed_out > 0);
}
