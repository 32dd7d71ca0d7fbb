/// Time does not pass while a thread can go on; then it advances to the earliest deadline.

#include <doctest/doctest.h>

#include "tests/scheduler/explore.hpp"

namespace {

using std::chrono::milliseconds;

struct Bell {
  seam::Mutex mutex;
  seam::Condition heard;
  bool rung = false;

  /// False if the deadline came first.
  bool wait_until(seam::Time deadline) {
    const seam::Lock lock(mutex);
    while (!rung) {
      if (!heard.wait_until(mutex, deadline)) return rung;
    }
    return true;
  }
  void ring() {
    const seam::Lock lock(mutex);
    rung = true;
    heard.notify();
  }
};

/// One thread waits for a bell that another rings. Counts the runs in which the deadline came
/// first.
explore::Result wait_for_bell(const explore::Options& options, int& gave_up) {
  return explore::exhaustive(options, [&gave_up](explore::Run& run) {
    Bell bell;
    bool heard = false;
    run.spawn("waiter", [&] { heard = bell.wait_until(seam::now() + milliseconds(5)); });
    run.spawn("ringer", [&] { bell.ring(); });
    run.go();
    gave_up += heard ? 0 : 1;
  });
}

}  // namespace

TEST_CASE("a deadline does not pass while a thread can go on") {
  int gave_up = 0;
  const auto result = wait_for_bell({}, gave_up);
  CHECK(result.complete);
  CHECK_FALSE(result.failure);
  CHECK(gave_up == 0);
}

TEST_CASE("if time is a choice, a deadline may pass although threads can go on") {
  int gave_up = 0;
  const auto result = wait_for_bell({.time_is_a_choice = true}, gave_up);
  CHECK(result.complete);
  CHECK(gave_up > 0);
  CHECK(static_cast<std::size_t>(gave_up) < result.runs);
}

TEST_CASE("when no thread can go on, time advances to the earliest deadline, then to the next") {
  const auto result = explore::exhaustive({}, [](explore::Run& run) {
    Bell never;
    Bell neither;
    const seam::Time begin = seam::now();
    std::vector<seam::Time> ends;
    run.spawn("late", [&] {
      run.check(!never.wait_until(begin + milliseconds(9)), "the bell did not ring");
      ends.push_back(seam::now());
    });
    run.spawn("early", [&] {
      run.check(!neither.wait_until(begin + milliseconds(3)), "the bell did not ring");
      ends.push_back(seam::now());
    });
    run.go();
    run.check(ends == std::vector{begin + milliseconds(3), begin + milliseconds(9)}, "in order");
  });
  CHECK_MESSAGE(!result.failure, result.text());
  CHECK(result.complete);
}
