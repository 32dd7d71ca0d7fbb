#include "client/bench/plan.hpp"

#include <doctest/doctest.h>

using client::bench::Operation;
using client::bench::parse_mix;
using client::bench::Share;

TEST_CASE("a mix has one operation, or several with their weights") {
  CHECK(parse_mix("deposit") == std::vector<Share>{{Operation::deposit, 1}});
  CHECK(parse_mix("deposit:5,balance:4,transfer") == std::vector<Share>{{Operation::deposit, 5},
                                                                        {Operation::balance, 4},
                                                                        {Operation::transfer, 1}});
  CHECK(parse_mix("get,incrby:2,ping").has_value());
}

TEST_CASE("a mix is refused for a bad name, a bad weight, or operations of two kinds of server") {
  for (const char* text : {"", "deposits", "deposit,", ",deposit", "deposit:", "deposit:0",
                           "deposit:1001", "deposit:-1", "deposit:5x", "deposit,get"}) {
    CAPTURE(text);
    CHECK(!parse_mix(text).has_value());
  }
}
