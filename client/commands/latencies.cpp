#include "client/commands/latencies.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace client {

void Latencies::sort() {
  std::sort(all_.begin(), all_.end());
}

std::uint32_t Latencies::at(double percent) const {
  if (all_.empty()) return 0;
  const double rank = std::ceil(percent / 100 * static_cast<double>(all_.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return all_[std::min(index, all_.size() - 1)];
}

double Latencies::mean() const {
  if (all_.empty()) return 0;
  return std::accumulate(all_.begin(), all_.end(), 0.0) / static_cast<double>(all_.size());
}

}  // namespace client
