#pragma once

/// The barriers of lesson 10. They are for the threads 0 and 1, which call
/// arrive(own number, frame) once a frame; it blocks until both have called.
/// They sleep in a condition wait. A word that threads spin on would have to be a std::atomic:
/// volatile orders nothing between threads.

#include "server/seam/seam.hpp"

namespace lesson {

struct Barrier {
  seam::Mutex mutex;
  seam::Condition changed;
  int arrived = 0;
};

struct OneShot : Barrier {
  void arrive(int, int) {
    const seam::Lock lock(mutex);
    if (++arrived == 2) changed.notify();
    while (arrived < 2) changed.wait(mutex);
  }
};

struct Resetting : Barrier {
  void arrive(int, int) {
    mutex.lock();
    const bool is_last = ++arrived == 2;
    if (is_last) changed.notify();
    while (arrived < 2) changed.wait(mutex);
    mutex.unlock();
    if (!is_last) return;
    const seam::Lock lock(mutex);
    arrived = 0;  // for the next frame
  }
};

struct TwoOneShot : Barrier {
  void arrive(int, int frame) {
    const seam::Lock lock(mutex);
    int& mine = counts[frame % 2];
    if (++mine == 2) {
      counts[(frame + 1) % 2] = 0;  // both threads have left that one
      changed.notify();
    }
    while (mine < 2) changed.wait(mutex);
  }
  int counts[2] = {0, 0};
};

struct SenseReversing : Barrier {
  void arrive(int, int frame) {
    const seam::Lock lock(mutex);
    const bool own = frame % 2 == 0;  // this thread's sense
    if (++arrived == 2) {
      arrived = 0;
      sense = own;
      changed.notify();
    }
    while (sense != own) changed.wait_in_window(mutex);
  }
  bool sense = false;  // of the barrier
};

struct Breakable : Barrier {
  // Returns false if the other thread was cancelled in its wait here.
  bool arrive(int, int frame) {
    const seam::Lock lock(mutex);
    const bool own = frame % 2 == 0;
    const seam::ScopeExit break_barrier([&] {
      broken = broken || sense != own;
      changed.notify();
    });
    if (broken) return false;
    if (++arrived == 2) {
      arrived = 0;
      sense = own;
      changed.notify();
    }
    while (sense != own && !broken) changed.wait_in_window(mutex);
    return !broken;
  }
  bool sense = false;
  bool broken = false;
};

struct Semaphore : Barrier {
  void post() {
    const seam::Lock lock(mutex);
    ++arrived;
    changed.notify();
  }
  void wait() {
    const seam::Lock lock(mutex);
    while (arrived == 0) changed.wait(mutex);
    --arrived;
  }
};

struct Rendezvous {
  Semaphore here[2];
  void arrive(int self, int) {
    here[self].post();
    here[1 - self].wait();
  }
};

struct Backwards : Rendezvous {
  void arrive(int self, int) {
    here[1 - self].wait();
    here[self].post();
  }
};

}  // namespace lesson
