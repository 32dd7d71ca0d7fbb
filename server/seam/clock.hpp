#pragma once

/// The two clocks. Under a scheduler both show the scheduler's time.

#include <chrono>
#include <cstdint>

namespace seam {

/// A moment on the monotonic clock. Only differences have a meaning.
using Time = std::chrono::steady_clock::time_point;

/// Returns the present moment. Any thread; never blocks.
Time now();

/// Returns microseconds since 1970-01-01 UTC, by the machine's clock. Any thread; never blocks.
std::int64_t wall_clock();

}  // namespace seam
