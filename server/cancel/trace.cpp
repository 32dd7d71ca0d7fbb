#include "server/cancel/trace.hpp"

namespace cancel {
namespace {

std::int64_t microseconds_since(seam::Time then) {
  return std::chrono::duration_cast<std::chrono::microseconds>(seam::now() - then).count();
}

}  // namespace

Trace::Trace(bool timed) : timed_(timed), begun_(seam::now()) {
  note(0);
}

void Trace::note(PointIndex point) {
  const std::uint8_t count = count_.load(std::memory_order_relaxed);
  if (count == most || (count > 0 && points_[count - 1] == point)) return;
  points_[count] = point;
  if (timed_) at_us_[count] = microseconds_since(begun_);
  count_.store(static_cast<std::uint8_t>(count + 1), std::memory_order_release);
}

void Trace::describe(RequestView& view) const {
  const std::uint8_t count = count_.load(std::memory_order_acquire);
  view.passed.assign(points_.begin(), points_.begin() + count);
  if (timed_) view.passed_at_us.assign(at_us_.begin(), at_us_.begin() + count);
  view.point = view.passed.back();
  view.age_us = microseconds_since(begun_);
}

}  // namespace cancel
