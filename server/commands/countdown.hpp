#pragma once

#include <cstdint>
#include <functional>

#include "server/seam/seam.hpp"

namespace commands {

/// Reports, after the last of several arrivals, how many of them counted. No thread waits. The
/// maker of a countdown counts as one arrival: it calls expect() for each of the others and then
/// arrives itself, so nothing is reported before all are expected. Any thread.
class Countdown {
 public:
  /// Calls `report` once, on the thread that arrives last.
  explicit Countdown(std::function<void(std::int64_t)> report) : report_(std::move(report)) {}

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
    report_(counted_);
  }

 private:
  const std::function<void(std::int64_t)> report_;
  seam::Mutex mutex_;
  std::int64_t missing_ GUARDED_BY(mutex_) = 1;
  std::int64_t counted_ = 0;  // final once nothing is missing
};

}  // namespace commands
