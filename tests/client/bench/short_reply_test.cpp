#include "client/bench/short_reply.hpp"

#include <string>

#include <doctest/doctest.h>

#include "client/wire/connection.hpp"

using client::bench::fits;
using client::bench::Operation;
using client::bench::parse_short_reply;
using client::bench::ShortReply;

TEST_CASE("each kind of short reply is parsed once it is complete") {
  using Kind = ShortReply::Kind;
  struct Example {
    std::string bytes;
    Kind kind;
    std::string_view text;
  };
  const std::vector<Example> examples{{"+PONG\r\n", Kind::status, "PONG"},
                                      {"-FUNDS too little\r\n", Kind::error, "FUNDS too little"},
                                      {":1234\r\n", Kind::integer, "1234"},
                                      {"$3\r\na\rb\r\n", Kind::string, "a\rb"},
                                      {"$0\r\n\r\n", Kind::string, ""},
                                      {"$-1\r\n", Kind::nil, ""}};
  for (const Example& example : examples) {
    CAPTURE(example.bytes);
    for (std::size_t size = 0; size < example.bytes.size(); ++size) {
      CHECK(!parse_short_reply(example.bytes.substr(0, size)));
    }
    const std::string followed = example.bytes + "+OK\r\n";
    const auto reply = parse_short_reply(followed);
    REQUIRE(reply);
    CHECK(reply->kind == example.kind);
    CHECK(reply->text == example.text);
    CHECK(reply->size == example.bytes.size());
  }
}

TEST_CASE("anything else breaks the benchmark off") {
  for (const std::string& bytes :
       {std::string("*1\r\n:1\r\n"), std::string("hello\r\n"), std::string("$x\r\n"),
        std::string("$99999999\r\n"), std::string(100'000, ':')}) {
    CHECK_THROWS_AS(parse_short_reply(bytes), client::ConnectionLost);
  }
}

TEST_CASE("a reply fits its operation") {
  const auto fitting = [](const char* bytes, Operation operation) {
    return fits(*parse_short_reply(bytes), operation);
  };
  CHECK(fitting(":0\r\n", Operation::balance));
  CHECK(!fitting(":-1\r\n", Operation::balance));
  CHECK(!fitting("+OK\r\n", Operation::deposit));
  CHECK(fitting("+PONG\r\n", Operation::ping));
  CHECK(!fitting("+OK\r\n", Operation::ping));
  CHECK(fitting("$2\r\n17\r\n", Operation::get));
  CHECK(fitting("$-1\r\n", Operation::get));
  CHECK(!fitting("$2\r\nab\r\n", Operation::get));
}
