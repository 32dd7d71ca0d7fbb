/// The output of the program with and without --json.

#include <array>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/client/program_fixture.hpp"

using nlohmann::json;
using test::answering;
using test::as_customer;
using test::as_operator;
using test::FakeServer;
using test::Finished;
using test::lines;
using test::run_atm;
using test::Words;

TEST_CASE("a refusal has decimals in its text, and the server's words in JSON") {
  const std::vector<std::array<std::string, 3>> refusals{
      {"FUNDS", "account 7 has only 10100 cents", "account 7 has only 101.00"},
      {"AMOUNT", "an amount is 1 to 1000000000000000 cents",
       "an amount is 0.01 to 10000000000000.00"},
      {"OVERFLOW", "account 7 can hold no more than 1000000000000000000 cents",
       "account 7 can hold no more than 10000000000000000.00"},
      // The reason is an operator's own words.
      {"CANCELLED", "txn 3-81 by operator at locked: for 5 cents",
       "txn 3-81 by operator at locked: for 5 cents"}};
  for (const auto& one : refusals) {
    CAPTURE(one[0]);
    FakeServer server(answering("-" + one[0] + " " + one[1] + "\r\n"));
    CHECK(run_atm(as_customer(server, {"withdraw", "1"})).err ==
          "atm: " + one[0] + ": " + one[2] + "\n");
    const Finished told = run_atm(as_customer(server, {"--json", "withdraw", "1"}));
    CHECK(json::parse(told.out)["error"] == json({{"code", one[0]}, {"message", one[1]}}));
  }
}

TEST_CASE("--json prints one value for each command or error, with the wire's numbers") {
  FakeServer good(answering(":12500\r\n"));
  const Finished done = run_atm(as_customer(good, {"--json", "deposit", "25", "--key", "k"}));
  CHECK(json::parse(done.out) ==
        json({{"account", 7}, {"amount", 2500}, {"balance", 12500}, {"key", "k"}}));
  CHECK(lines(done.out) == 1);

  FakeServer bad(answering("-FUNDS only 3.00 left\r\n"));
  const Finished refused = run_atm(as_customer(bad, {"--json", "deposit", "25"}));
  CHECK(refused.status == 1);
  CHECK(json::parse(refused.out)["error"] ==
        json({{"code", "FUNDS"}, {"message", "only 3.00 left"}}));
  CHECK(refused.err.empty());

  const std::string map = test::array({"id", ":4", "kind", "deposit", "amount", ":2500"});
  FakeServer history(answering("*1\r\n" + map));
  const Finished list = run_atm(as_customer(history, {"--json", "history"}));
  CHECK(json::parse(list.out) == json::parse(R"([{"id":4,"kind":"deposit","amount":2500}])"));

  FakeServer info(answering(test::bulk("# Server\r\ncommits:5\r\nsqlite_version:3.40.1\r\n")));
  const Finished counters = run_atm(as_operator(info, {"--json", "admin", "info"}));
  CHECK(json::parse(counters.out) == json({{"commits", 5}, {"sqlite_version", "3.40.1"}}));
}

TEST_CASE("connections are listed as maps in JSON, and otherwise as the server's lines") {
  const std::string text =
      "id=3 addr=127.0.0.1:4711 name= age=12 idle=0 user=7 cmd=balance txn=\n"
      "id=12 addr=admin name=a=b age=0 idle=0 user=operator cmd=client txn=3-81\n";
  FakeServer server(answering(test::bulk(text)));
  CHECK(run_atm(as_operator(server, {"admin", "clients"})).out == text);
  const Finished done = run_atm(as_operator(server, {"--json", "admin", "clients"}));
  CHECK(done.out == R"([{"id":3,"addr":"127.0.0.1:4711","name":"","age":12,"idle":0,"user":"7",)"
                    R"("cmd":"balance","txn":""},)"
                    R"({"id":12,"addr":"admin","name":"a=b","age":0,"idle":0,"user":"operator",)"
                    R"("cmd":"client","txn":"3-81"}])"
                    "\n");
  FakeServer nobody(answering(test::bulk("")));
  CHECK(run_atm(as_operator(nobody, {"--json", "admin", "clients"})).out == "[]\n");
  FakeServer odd(answering(test::bulk("odd reply\n")));
  CHECK(run_atm(as_operator(odd, {"--json", "admin", "clients"})).out == "\"odd reply\\n\"\n");
}

TEST_CASE("--json reports wrong usage of the command line like that of a piped line") {
  const std::vector<Words> wrong{{"--json", "deposit"},
                                 {"--json", "foo"},
                                 {"deposit", "--json"},
                                 {"--json", "--account", "1", "deposit", "-5"},
                                 {"--json", "--account", "x", "balance"},
                                 {"--server", "nowhere", "balance", "--json"},
                                 {"deposit", "1", "--json", "--key"},
                                 {"--json", "history", "--limit", "2000"},
                                 {"--json", "balance"}};
  for (const auto& words : wrong) {
    CAPTURE(words.back());
    const Finished done = run_atm(words);
    CHECK(done.status == 2);
    CHECK(done.err.empty());
    CHECK(lines(done.out) == 1);
    CHECK(json::parse(done.out, nullptr, false)["error"]["code"] == "USAGE");
  }
  const Finished ambient = run_atm({"deposit"}, "", {"ATM_JSON=true"});
  CHECK(json::parse(ambient.out, nullptr, false)["error"]["code"] == "USAGE");
  const Finished piped = run_atm({"--json"}, "foo\n");
  CHECK(run_atm({"--json", "foo"}).out == piped.out);
}

TEST_CASE("without --json wrong usage is one line on standard error") {
  for (const Words& words :
       {Words{"deposit"}, {"--json=false", "foo"}, {"--json=perhaps", "foo"}}) {
    CAPTURE(words.front());
    const Finished done = run_atm(words);
    CHECK(done.status == 2);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("atm: "));
    CHECK(lines(done.err) == 1);
  }
}
