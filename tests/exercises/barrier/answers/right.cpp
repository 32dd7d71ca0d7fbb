// Right: the sense-reversing barrier.
#include "barrier.hpp"

void Barrier::arrive() {
  const seam::Lock lock(mutex_);
  const bool mine = !sense_;  // the sense that ends this frame
  if (++arrived_ == 2) {
    arrived_ = 0;
    sense_ = mine;
    changed_.notify();
  }
  while (sense_ != mine) changed_.wait(mutex_);
}
