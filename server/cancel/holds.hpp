#pragma once

/// Holds: where requests are to stop, so that people can look at them and cancel them there.
///
/// Any thread may call anything. Nothing blocks for long; nothing is a cancellation point. The
/// table's mutex is taken while a request's own is held, never the other way round.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "server/cancel/points.hpp"
#include "server/seam/seam.hpp"

namespace cancel {

struct Hold {
  PointIndex point = 0;
  std::optional<std::int64_t> subject;  // only requests that concern it
  std::optional<int> kind;              // only requests of that kind
};

class Holds {
 public:
  void add(Hold hold);
  void clear();
  std::vector<Hold> list() const;
  /// Whether a hold stops, at that point, a request of that kind that concerns these subjects.
  bool stops(PointIndex point, int kind, const std::function<bool(std::int64_t)>& concerns) const;

 private:
  mutable seam::Mutex mutex_;
  std::vector<Hold> holds_ GUARDED_BY(mutex_);
};

}  // namespace cancel
