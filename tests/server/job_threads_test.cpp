// The threads of the reserve: what a job that fails, or one whose key is busy, leaves behind.

#include "server/commands/job_threads.hpp"

#include <new>

#include <doctest/doctest.h>

#include "server/cancel/bell.hpp"

using commands::JobThreads;

TEST_CASE("a job that fails ends nothing but itself, and frees its key") {
  cancel::Bell ran;
  JobThreads threads(1);
  threads.submit([] { throw std::bad_alloc(); }, 7);
  threads.submit([] { throw std::bad_alloc(); });
  threads.submit([&ran] { ran.ring(); }, 7);
  ran.wait();
  CHECK(threads.waiting() == 0);
}

TEST_CASE("who stops waits for jobs whose key is busy, and every thread ends") {
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
      // The others look at these, find the key busy, and sleep.
      for (int i = 0; i < 4; ++i) threads.submit([&] { done.fetch_add(1); }, 7);
      may_end.ring();
    }
    CHECK(done.load() == 5);
  }
}
