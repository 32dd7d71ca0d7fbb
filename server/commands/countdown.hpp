#pragma once

#include <cstdint>
#include <functional>

#include "server/seam/seam.hpp"

namespace commands {

/// Waits, without a thread, for several things to happen; then tells how many of them counted. Any
/// thread. Made with one arrival expected: that of its maker, once it has expected all others.
class Countdown {
 public:
  explicit Countdown(std::function<void(std::int64_t)> tell) : tell_(std::move(tell)) {}

  void expect() {
    const seam::Lock lock(mutex_);
    ++missing_;
  }
  void arrive(bool counts) {
    {
      const seam::Lock lock(mutex_);
      counted_ += counts ? 1 : 0;
      if (--missing_ > 0) return;
    }
    tell_(counted_);
  }

 private:
  const std::function<void(std::int64_t)> tell_;
  seam::Mutex mutex_;
  std::int64_t missing_ GUARDED_BY(mutex_) = 1;
  std::int64_t counted_ = 0;  // stands still once nothing is missing
};

}  // namespace commands
