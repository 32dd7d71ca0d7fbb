#pragma once

/// Where a boss without an event loop of its own waits until somebody calls it.

#include "server/seam/seam.hpp"

namespace cancel {

class Bell {
 public:
  /// Any thread; never blocks. Rings before the next wait() count once.
  void ring() {
    const seam::Lock lock(mutex_);
    rung_ = true;
    heard_.notify();
  }
  /// Returns once it has been rung since the last time. One thread at a time; blocks; not a
  /// cancellation point.
  void wait() {
    const seam::Lock lock(mutex_);
    while (!rung_) heard_.wait(mutex_);
    rung_ = false;
  }

 private:
  seam::Mutex mutex_;
  seam::Condition heard_;
  bool rung_ GUARDED_BY(mutex_) = false;
};

}  // namespace cancel
