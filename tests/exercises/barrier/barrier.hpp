#pragma once

#include "server/seam/seam.hpp"

/// Two threads meet here once a frame: neither begins the next frame before both have ended this
/// one. It is used again for each frame.
class Barrier {
 public:
  /// Blocks until the other thread has called it as often as this one.
  void arrive();

 private:
  seam::Mutex mutex_;
  seam::Condition changed_;
  int arrived_ GUARDED_BY(mutex_) = 0;
  [[maybe_unused]] bool sense_ GUARDED_BY(mutex_) = false;
};
