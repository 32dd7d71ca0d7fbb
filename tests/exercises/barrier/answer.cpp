#include "barrier.hpp"

// The last thread to arrive sets the count back, for the next frame. Sometimes that goes wrong.
void Barrier::arrive() {
  mutex_.lock();
  const bool is_last = ++arrived_ == 2;
  if (is_last) changed_.notify();
  while (arrived_ < 2) changed_.wait(mutex_);
  mutex_.unlock();
  if (!is_last) return;
  const seam::Lock lock(mutex_);
  arrived_ = 0;
}
