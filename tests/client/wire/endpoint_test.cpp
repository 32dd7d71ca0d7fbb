#include "client/wire/endpoint.hpp"

#include <doctest/doctest.h>

TEST_CASE("an endpoint is a host and a port") {
  CHECK(client::parse_endpoint("localhost:7007")->port == "7007");
  CHECK(client::parse_endpoint("[::1]:7007")->host == "::1");
  CHECK(client::parse_endpoint("[::1]:7007")->name() == "[::1]:7007");
  for (const char* text :
       {"", "localhost", ":7007", "localhost:", "::1:7007", "h:0", "h:65536", "h:http"}) {
    CAPTURE(text);
    CHECK_FALSE(client::parse_endpoint(text));
  }
}
