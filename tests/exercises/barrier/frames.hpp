#pragma once

#include "barrier.hpp"
#include "tests/exercises/trial.hpp"

namespace barrier {

constexpr std::string_view stuck =
    "The two threads wait for each other for ever at the barrier: one saw a count that was no "
    "longer that of its frame.";

/// Two threads work through so many frames, and meet after each one.
inline void check_frames(explore::Run& run, int frames) {
  Barrier barrier;
  exercise::name(&barrier, "the barrier");  // its first member is its mutex
  seam::Atomic<int> done[2];
  const auto work = [&](int self) {
    for (int frame = 0; frame < frames; ++frame) {
      exercise::note("has done its part of a frame");
      done[self].add(1);
      barrier.arrive();
      run.check(done[1 - self].load() > frame,
                "A thread passed the barrier before the other one had arrived.");
    }
  };
  run.spawn("zero", [&] { work(0); });
  run.spawn("one", [&] { work(1); });
  run.go();
}

}  // namespace barrier
