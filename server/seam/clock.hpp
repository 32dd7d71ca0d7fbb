#pragma once

/// The two clocks. Under a scheduler both show the scheduler's time.

#include <chrono>
#include <cstdint>

#include "server/seam/scheduler.hpp"

namespace seam {

/// Returns the present moment. Any thread; never blocks.
inline Time now() {
  return scheduler != nullptr ? scheduler->now() : std::chrono::steady_clock::now();
}

/// Returns microseconds since 1970-01-01 UTC, by the machine's clock. Any thread; never blocks.
inline std::int64_t wall_clock() {
  const auto since = scheduler != nullptr ? scheduler->now().time_since_epoch()
                                          : std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace seam
