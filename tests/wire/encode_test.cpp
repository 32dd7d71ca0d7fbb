#include "server/wire/resp/encode.hpp"

#include <limits>

#include <doctest/doctest.h>

namespace wire::resp {
namespace {

using namespace std::string_literals;
using bank::Reply;

std::string resp2(const Reply& reply) {
  std::string out;
  encode(reply, Version::resp2, out);
  return out;
}

std::string resp3(const Reply& reply) {
  std::string out;
  encode(reply, Version::resp3, out);
  return out;
}

TEST_CASE("both versions encode statuses, errors, integers, bulk strings and arrays alike") {
  for (const auto& write : {resp2, resp3}) {
    CHECK(write(Reply::ok()) == "+OK\r\n");
    CHECK(write(Reply::status("TOOLATE")) == "+TOOLATE\r\n");
    CHECK(write(Reply::error(bank::Code::funds, "the balance is 5")) ==
          "-FUNDS the balance is 5\r\n");
    CHECK(write(Reply::integer(-25)) == ":-25\r\n");
    CHECK(write(Reply::bulk("a\r\nb\0"s)) == "$5\r\na\r\nb\0\r\n"s);
    CHECK(write(Reply::bulk("")) == "$0\r\n\r\n");
    CHECK(write(Reply::array({})) == "*0\r\n");
    CHECK(write(Reply::array({Reply::integer(1), Reply::array({Reply::ok()})})) ==
          "*2\r\n:1\r\n*1\r\n+OK\r\n");
  }
}

TEST_CASE("the largest and smallest integers are encoded") {
  CHECK(resp2(Reply::integer(std::numeric_limits<std::int64_t>::min())) ==
        ":-9223372036854775808\r\n");
  CHECK(resp2(Reply::integer(std::numeric_limits<std::int64_t>::max())) ==
        ":9223372036854775807\r\n");
}

TEST_CASE("version 2 encodes null and maps with its own types") {
  const Reply reply = Reply::map({{"id", Reply::integer(1)}, {"to", Reply::null()}});
  CHECK(resp2(reply) == "*4\r\n$2\r\nid\r\n:1\r\n$2\r\nto\r\n$-1\r\n");
  CHECK(resp3(reply) == "%2\r\n$2\r\nid\r\n:1\r\n$2\r\nto\r\n_\r\n");
  CHECK(resp2(Reply::map({})) == "*0\r\n");
  CHECK(resp3(Reply::map({})) == "%0\r\n");
}

TEST_CASE("a push is an array in version 2") {
  const Reply push = Reply::push({Reply::integer(1), Reply::bulk("gone")});
  CHECK(resp2(push) == "*2\r\n:1\r\n$4\r\ngone\r\n");
  CHECK(resp3(push) == ">2\r\n:1\r\n$4\r\ngone\r\n");
}

TEST_CASE("a status or an error stays on one line") {
  const std::string nasty = "a\r\n+OK\r\nb\tc\0d\x7f\x1b\xc3\xa9"s;
  CHECK(resp2(Reply::status(nasty)) == "+a  +OK  b c d  \xc3\xa9\r\n");
  CHECK(resp2(Reply::error(bank::Code::err, nasty)) == "-ERR a  +OK  b c d  \xc3\xa9\r\n");
}

TEST_CASE("a reply is appended to the buffer") {
  std::string out = "+OK\r\n";
  encode(Reply::integer(1), Version::resp2, out);
  CHECK(out == "+OK\r\n:1\r\n");
}

TEST_CASE("an error reply has a code, and no other reply has one") {
  CHECK(Reply::error(bank::Code::err, "x").as_error()->code == bank::Code::err);
  CHECK(Reply::ok().as_error() == nullptr);
}

}  // namespace
}  // namespace wire::resp
