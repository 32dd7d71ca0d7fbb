// Right: counts all arrivals and waits for the end of its own frame. (An int lasts a year.)
#include "barrier.hpp"

void Barrier::arrive() {
  const seam::Lock lock(mutex_);
  const int end_of_frame = (arrived_ / 2 + 1) * 2;
  if (++arrived_ == end_of_frame) changed_.notify();
  while (arrived_ < end_of_frame) changed_.wait(mutex_);
}
