#pragma once

/// Holds: the points at which requests are to stop, so that people can look at them and cancel them
/// there.
///
/// Any thread may call any member; none blocks for long; none is a cancellation point. The table's
/// mutex is acquired while a request's own is held, never the other way round.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "server/cancel/points.hpp"
#include "server/seam/mutex.hpp"

namespace cancel {

struct Hold {
  PointIndex point = 0;
  std::optional<std::int64_t> subject;  // only requests that concern it
  std::optional<int> kind;              // only requests of that kind
};

class Holds {
 public:
  void add(Hold hold) {
    const seam::Lock lock(mutex_);
    holds_.push_back(hold);
  }
  void clear() {
    const seam::Lock lock(mutex_);
    holds_.clear();
  }
  std::vector<Hold> list() const {
    const seam::Lock lock(mutex_);
    return holds_;
  }
  /// Whether a hold stops a request of that kind at that point. `concerns` says whether the
  /// request concerns a subject.
  bool stops(PointIndex point, int kind, const std::function<bool(std::int64_t)>& concerns) const {
    const seam::Lock lock(mutex_);
    return std::any_of(holds_.begin(), holds_.end(), [&](const Hold& hold) {
      return hold.point == point && (!hold.kind || *hold.kind == kind) &&
             (!hold.subject || concerns(*hold.subject));
    });
  }

 private:
  mutable seam::Mutex mutex_;
  std::vector<Hold> holds_ GUARDED_BY(mutex_);
};

}  // namespace cancel
