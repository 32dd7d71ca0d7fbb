// The threads of the reserve: which jobs run, when, and what stops wait for.

#include "server/commands/job_threads.hpp"

#include <doctest/doctest.h>

#include "server/cancel/bell.hpp"

using commands::JobThreads;

TEST_CASE("jobs of one key run one at a time, and delay no other job") {
  cancel::Bell begun;
  cancel::Bell may_end;
  cancel::Bell other_ran;
  cancel::Bell last_ran;
  seam::Atomic<bool> first_done{false};
  seam::Atomic<bool> first_was_done{false};
  JobThreads threads(2);
  threads.submit(
      [&] {
        begun.ring();
        may_end.wait();
        first_done.store(true);
      },
      7);
  begun.wait();
  threads.submit(
      [&] {
        first_was_done.store(first_done.load());
        last_ran.ring();
      },
      7);
  threads.submit([&] { other_ran.ring(); });
  other_ran.wait();
  CHECK(threads.waiting() == 1);
  CHECK_FALSE(threads.idle());
  may_end.ring();
  last_ran.wait();
  CHECK_MESSAGE(first_was_done.load(), "a job ran beside another one of its key");
}

TEST_CASE("a stop waits for jobs whose key is busy, and every thread ends") {
  for (int round = 0; round < 200; ++round) {
    cancel::Bell begun;
    cancel::Bell may_end;
    seam::Atomic<int> done{0};
    {
      JobThreads threads(3);
      threads.submit(
          [&] {
            begun.ring();
            may_end.wait();
            done.fetch_add(1);
          },
          7);
      begun.wait();
      // The other threads find the key of these busy, and sleep.
      for (int i = 0; i < 4; ++i) threads.submit([&] { done.fetch_add(1); }, 7);
      may_end.ring();
    }
    CHECK(done.load() == 5);
  }
}
