#include "client/terminal/render.hpp"

#include <doctest/doctest.h>

#include "client/commands/report.hpp"
#include "tests/client/terminal/replies.hpp"

using client::Reply;
using test::list;
using test::number;
using test::text;

namespace {

const Reply transaction =
    list({text("handle"), text("3-81"), text("account"), number(42), text("to"), number(0),
          text("key"), text(""), text("cleanup"), list({text("unlock 42"), text("free buffer")}),
          text("age_us"), number(1'500'000)});

}  // namespace

TEST_CASE("a cell is printed according to its field's name") {
  CHECK(client::cell("amount", number(2550)) == "25.50");
  CHECK(client::cell("age_us", number(1'500)) == "0.002 s");
  CHECK(client::cell("debit", number(0)) == "vault");
  CHECK(client::cell("to", number(0)) == "-");
  CHECK(client::cell("id", number(0)) == "0");
  CHECK(client::cell("key", text("")) == "-");
  CHECK(client::cell("key", text("\x1b[H")) == "\\x1b[H");
}

TEST_CASE("a list of maps is an aligned table") {
  CHECK(client::table(list({transaction}), "nothing") ==
        "handle  account  to  key  cleanup                    age\n"
        "3-81         42   -  -    unlock 42 free buffer  1.500 s\n");
  CHECK(client::table(list({}), "nothing is in flight") == "nothing is in flight\n");
}

TEST_CASE("a cleanup stack is printed top first, one entry on each line") {
  CHECK(client::field_list(transaction) ==
        "handle   3-81\n"
        "account  42\n"
        "to       -\n"
        "key      -\n"
        "cleanup\n"
        "  unlock 42\n"
        "  free buffer\n"
        "age      1.500 s\n");
}

TEST_CASE("points are printed with their times, one on each line, flat or in pairs") {
  const Reply pairs = list({text("passed"), list({list({text("started"), number(3)})})});
  CHECK(client::field_list(pairs) == "passed\n  started 3\n");
  const Reply flat = list({text("passed"), list({text("started"), text("locked")}),
                           text("passed_us"), list({number(3), number(128)})});
  CHECK(client::field_list(flat) == "passed\n  started    3 us\n  locked   128 us\n");
}

TEST_CASE("a list of times that does not match its list of points is printed by itself") {
  const Reply odd = list(
      {text("passed"), list({text("started")}), text("passed_us"), list({number(3), number(128)})});
  CHECK(client::field_list(odd) == "passed\n  started\npassed\n  3\n  128\n");
}

TEST_CASE("JSON has the same names and numbers as the wire") {
  CHECK(client::map_to_json(transaction).dump() ==
        R"({"handle":"3-81","account":42,"to":0,"key":"","cleanup":["unlock 42","free buffer"],)"
        R"("age_us":1500000})");
  CHECK(client::maps_to_json(list({})).dump() == "[]");
}

TEST_CASE("a map with an odd number of elements is accepted") {
  CHECK(client::field_list(list({text("alone")})).empty());
  CHECK(client::map_to_json(list({text("alone")})).dump() == R"(["alone"])");
  CHECK(list({text("a")}).field("a") == nullptr);
}

TEST_CASE("a failure is one line of text, or one JSON object with its code") {
  const auto report = client::failed(client::exit_refused, "FUNDS", "only 3.00 left");
  CHECK(report.complaint == "FUNDS: only 3.00 left");
  CHECK(report.json.dump() == R"({"error":{"code":"FUNDS","message":"only 3.00 left"}})");
  const auto own = client::failed(client::exit_cannot_connect, "", "no server there");
  CHECK(own.complaint == "no server there");
  CHECK(own.json["error"]["code"] == "CONNECT");
}

TEST_CASE("neither a blank nor a repeated name in a value begins a new field") {
  CHECK(client::field_lines_to_json("id=3 cmd=a b id=4 txn=\n")->dump() ==
        R"([{"id":3,"cmd":"a b id=4","txn":""}])");
  CHECK(client::field_lines_to_json("id=x age=5")->dump() == R"([{"id":"x","age":5}])");
  CHECK_FALSE(client::field_lines_to_json("alone\n"));
  CHECK_FALSE(client::field_lines_to_json("=x\n"));
}
