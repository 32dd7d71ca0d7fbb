#include "client/commands/latencies.hpp"

#include <doctest/doctest.h>

TEST_CASE("each percentile is a latency that was measured") {
  client::Latencies latencies;
  CHECK(latencies.at(50) == 0);
  for (std::uint32_t i = 100; i > 0; --i) latencies.add(i);
  latencies.sort();
  CHECK(latencies.at(50) == 50);
  CHECK(latencies.at(95) == 95);
  CHECK(latencies.at(99) == 99);
  CHECK(latencies.at(100) == 100);
  CHECK(latencies.mean() == doctest::Approx(50.5));
}
