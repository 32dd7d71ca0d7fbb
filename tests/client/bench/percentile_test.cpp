#include "client/bench/percentile.hpp"

#include <numeric>

#include <doctest/doctest.h>

TEST_CASE("each percentile is one of the values") {
  std::vector<std::uint32_t> values(100);
  CHECK(client::percentile({}, 50) == 0);
  std::iota(values.begin(), values.end(), 1);
  CHECK(client::percentile(values, 0.5) == 1);
  CHECK(client::percentile(values, 50) == 50);
  CHECK(client::percentile(values, 95) == 95);
  CHECK(client::percentile(values, 99) == 99);
  CHECK(client::percentile(values, 100) == 100);
}
