// Wrong: reverses the barrier's sense, but the threads always wait for the same one.
// Says: A thread passed the barrier before the other one had arrived
#include "barrier.hpp"

void Barrier::arrive() {
  const seam::Lock lock(mutex_);
  if (++arrived_ == 2) {
    arrived_ = 0;
    sense_ = true;
    changed_.notify();
  }
  while (!sense_) changed_.wait(mutex_);
}
