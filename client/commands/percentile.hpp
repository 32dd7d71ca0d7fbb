#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace client {

/// Latencies of requests, in microseconds.
class Latencies {
 public:
  void add(std::uint32_t microseconds) { all_.push_back(microseconds); }
  std::size_t count() const { return all_.size(); }
  /// Must be called before at() and mean().
  void sort();
  /// Returns the smallest latency that at least `percent` of all (0 < percent ≤ 100) do not exceed;
  /// 0 if there are none.
  std::uint32_t at(double percent) const;
  double mean() const;

 private:
  std::vector<std::uint32_t> all_;
};

}  // namespace client
