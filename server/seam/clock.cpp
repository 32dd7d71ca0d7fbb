#include "server/seam/clock.hpp"

#include "server/seam/scheduler.hpp"

namespace seam {

Time now() {
  if (scheduler != nullptr) return scheduler->now();
  return std::chrono::steady_clock::now();
}

std::int64_t wall_clock() {
  const auto since = scheduler != nullptr ? scheduler->now().time_since_epoch()
                                          : std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace seam
