#pragma once

/// The cancellation points that a request has passed, and when.

#include <array>
#include <cstdint>

#include "server/cancel/points.hpp"
#include "server/cancel/request_view.hpp"
#include "server/seam/atomic.hpp"
#include "server/seam/clock.hpp"

namespace cancel {

class Trace {
 public:
  /// Starts with point 0, passed now. `timed`: notes the times of the points, too.
  explicit Trace(bool timed) : timed_(timed), begun_(seam::now()) { note(0); }

  /// Adds a point; a point passed many times in a row is one. Beyond `most` further points are
  /// dropped. Allocates nothing. The request's own thread; after its part the one that completes
  /// the request.
  void note(PointIndex point) {
    const std::uint8_t count = count_.load(std::memory_order_relaxed);
    if (count == most || (count > 0 && points_[count - 1] == point)) return;
    points_[count] = point;
    if (timed_) at_us_[count] = age_us();
    count_.store(static_cast<std::uint8_t>(count + 1), std::memory_order_release);
  }
  /// Fills in `point`, `passed`, `passed_at_us` and `age_us`. Any thread.
  void describe(RequestView& view) const {
    const std::uint8_t count = count_.load(std::memory_order_acquire);
    view.passed.assign(points_.begin(), points_.begin() + count);
    if (timed_) view.passed_at_us.assign(at_us_.begin(), at_us_.begin() + count);
    view.point = view.passed.back();
    view.age_us = age_us();
  }

 private:
  static constexpr std::size_t most = 40;

  std::int64_t age_us() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(seam::now() - begun_).count();
  }

  const bool timed_;
  const seam::Time begun_;
  // One thread at a time writes beyond count_, and then raises it; others read up to it.
  seam::Atomic<std::uint8_t> count_{0};
  std::array<PointIndex, most> points_{};
  std::array<std::int64_t, most> at_us_{};
};

}  // namespace cancel
