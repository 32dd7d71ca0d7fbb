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
  explicit Trace(bool timed);

  /// Adds a point; a point passed many times in a row is one. Beyond `most` further points are
  /// dropped. The request's own thread; allocates nothing.
  void note(PointIndex point);
  /// Fills in `point`, `passed`, `passed_at_us` and `age_us`. Any thread.
  void describe(RequestView& view) const;

 private:
  static constexpr std::size_t most = 40;

  const bool timed_;
  const seam::Time begun_;
  // The request's own thread writes beyond count_, and then raises it; others read up to it.
  seam::Atomic<std::uint8_t> count_{0};
  std::array<PointIndex, most> points_{};
  std::array<std::int64_t, most> at_us_{};
};

}  // namespace cancel
