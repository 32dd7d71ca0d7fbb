// Wrong: the thread that waited sets the count back when it wakes, which may be a frame too late.
// Says: A thread passed the barrier before the other one had arrived
#include "barrier.hpp"

void Barrier::arrive() {
  const seam::Lock lock(mutex_);
  if (++arrived_ == 2) {
    changed_.notify();
    return;
  }
  while (arrived_ < 2) changed_.wait(mutex_);
  arrived_ = 0;
}
