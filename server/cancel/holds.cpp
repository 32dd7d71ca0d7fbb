#include "server/cancel/holds.hpp"

#include <algorithm>

namespace cancel {

void Holds::add(Hold hold) {
  const seam::Lock lock(mutex_);
  holds_.push_back(hold);
}

void Holds::clear() {
  const seam::Lock lock(mutex_);
  holds_.clear();
}

std::vector<Hold> Holds::list() const {
  const seam::Lock lock(mutex_);
  return holds_;
}

bool Holds::stops(PointIndex point, int kind,
                  const std::function<bool(std::int64_t)>& concerns) const {
  const seam::Lock lock(mutex_);
  return std::any_of(holds_.begin(), holds_.end(), [&](const Hold& hold) {
    return hold.point == point && (!hold.kind || *hold.kind == kind) &&
           (!hold.subject || concerns(*hold.subject));
  });
}

}  // namespace cancel
