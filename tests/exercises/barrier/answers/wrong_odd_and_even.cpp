// Wrong: waits for an even count, which the other thread may have made odd again.
// Says: wait for each other for ever
#include "barrier.hpp"

void Barrier::arrive() {
  const seam::Lock lock(mutex_);
  ++arrived_;
  changed_.notify();
  while (arrived_ % 2 != 0) changed_.wait(mutex_);
}
