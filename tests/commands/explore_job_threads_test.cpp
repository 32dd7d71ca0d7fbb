/// The threads of the reserve, in random orders.

#include <doctest/doctest.h>

#include "server/cancel/event.hpp"
#include "server/commands/job_threads.hpp"
#include "tests/scheduler/explore.hpp"

TEST_CASE("explored: jobs whose key is busy delay neither other jobs nor the stop") {
  const auto result = explore::random({}, 1, 300, [](explore::Run& run) {
    int done = 0;
    run.spawn("boss", [&done] {
      cancel::Event other_ran;
      commands::JobThreads threads(2);
      threads.submit([&] { other_ran.wait(); }, 7);
      threads.submit([&] { ++done; }, 7);
      threads.submit([&] { other_ran.signal(); });
    });
    run.go();
    run.check(done == 1, "every job runs before the threads end");
  });
  CHECK_MESSAGE(!result.failure, result.text());
}
