// The threads of the reserve: which jobs run, when, and what stops wait for.

#include "server/commands/job_threads.hpp"

#include <doctest/doctest.h>

#include "server/cancel/event.hpp"

using commands::JobThreads;

TEST_CASE("jobs of one key run one at a time, and delay no other job") {
  cancel::Event begun;
  cancel::Event may_end;
  cancel::Event other_ran;
  cancel::Event last_ran;
  seam::Atomic<bool> first_done{false};
  seam::Atomic<bool> first_was_done{false};
  JobThreads threads(2);
  threads.submit(
      [&] {
        begun.signal();
        may_end.wait();
        first_done.store(true);
      },
      7);
  begun.wait();
  threads.submit(
      [&] {
        first_was_done.store(first_done.load());
        last_ran.signal();
      },
      7);
  threads.submit([&] { other_ran.signal(); });
  other_ran.wait();
  CHECK(threads.waiting() == 1);
  CHECK_FALSE(threads.idle());
  may_end.signal();
  last_ran.wait();
  CHECK_MESSAGE(first_was_done.load(), "a job ran beside another one of its key");
}

TEST_CASE("a stop waits for jobs whose key is busy, and every thread ends") {
  for (int round = 0; round < 200; ++round) {
    cancel::Event begun;
    cancel::Event may_end;
    seam::Atomic<int> done{0};
    {
      JobThreads threads(3);
      threads.submit(
          [&] {
            begun.signal();
            may_end.wait();
            done.fetch_add(1);
          },
          7);
      begun.wait();
      // The other threads find the key of these busy, and sleep.
      for (int i = 0; i < 4; ++i) threads.submit([&] { done.fetch_add(1); }, 7);
      may_end.signal();
    }
    CHECK(done.load() == 5);
  }
}
