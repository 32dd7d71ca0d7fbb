#include "client/bench/pacing.hpp"

#include <doctest/doctest.h>

using client::bench::Pacing;
using client::bench::Plan;
using namespace std::chrono_literals;

namespace {

const client::Clock::time_point start{100s};

Plan timed(std::chrono::seconds time, std::chrono::seconds warm_up) {
  Plan plan;
  plan.time = time;
  plan.warm_up = warm_up;
  return plan;
}

}  // namespace

TEST_CASE("without a rate a request is due now, until the time is up") {
  const Plan plan = timed(2s, 1s);
  Pacing pacing(plan, start);
  CHECK(pacing.take(start + 500ms) == start + 500ms);
  CHECK(pacing.take(start + 2999ms) == start + 2999ms);
  CHECK(!pacing.take(start + 3s));
  CHECK(pacing.measured_from() == start + 1s);
  CHECK(pacing.take_missed(start + 4s) == 0);
}

TEST_CASE("a number of requests ends the run") {
  Plan plan;
  plan.requests = 2;
  Pacing pacing(plan, start);
  CHECK(pacing.next());
  CHECK(pacing.take(start));
  CHECK(pacing.take(start));
  CHECK(!pacing.take(start));
  CHECK(!pacing.next());
}

TEST_CASE("with a rate requests become due at random times, as many as the rate says") {
  Plan plan = timed(10s, 0s);
  plan.rate = 1'000;
  Pacing pacing(plan, start);
  const auto end = start + 9999ms;
  int taken = 0;
  auto last = start - 1s;
  while (const auto due = pacing.take(end)) {
    REQUIRE(*due >= last);
    REQUIRE(*due <= end);
    last = *due;
    ++taken;
  }
  CHECK(taken > 9'500);
  CHECK(taken < 10'500);
}

TEST_CASE("a request that could not be sent keeps the time at which it was due") {
  Plan plan = timed(10s, 0s);
  plan.rate = 1'000;
  Pacing prompt(plan, start);
  Pacing late(plan, start);
  CHECK(prompt.take(start) == start);
  const auto due = prompt.next();
  CHECK(late.take(start + 5s) == start);
  CHECK(late.take(start + 5s) == due);
}

TEST_CASE("requests that were due and not sent before the end are counted, once") {
  Plan plan = timed(1s, 0s);
  plan.rate = 1'000;
  Pacing pacing(plan, start);
  CHECK(pacing.take_missed(start + 999ms) == 0);
  const auto missed = pacing.take_missed(start + 1s);
  CHECK(missed > 800);
  CHECK(missed < 1'200);
  CHECK(pacing.take_missed(start + 2s) == 0);
  CHECK(!pacing.next());
}
