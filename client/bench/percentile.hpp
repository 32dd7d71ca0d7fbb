#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace client {

/// Returns the smallest of the sorted values that at least `percent` of all (0 < percent ≤ 100) do
/// not exceed; 0 if there are none.
inline std::uint32_t percentile(const std::vector<std::uint32_t>& sorted, double percent) {
  if (sorted.empty()) return 0;
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace client
