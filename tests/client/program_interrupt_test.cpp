/// The effect of Ctrl-C on the program.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "client/terminal/text.hpp"
#include "tests/client/program_fixture.hpp"

using nlohmann::json;
using test::as_customer;
using test::as_operator;
using test::Child;
using test::FakeServer;
using test::Finished;
using test::Received;
using test::Words;

TEST_CASE("Ctrl-C cancels by key over a second connection and prints the verdict") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return "+OK\r\n";
    if (one.words[0] == "DEPOSIT") return {};
    self.send(0, "-CANCELLED txn 3-81 by customer at locked\r\n");
    return "+CANCELLED\r\n";
  });
  Child child(as_customer(server, {"deposit", "1", "--key", "k1"}));
  REQUIRE(server.await("DEPOSIT"));
  // The PIN is not among the arguments that ps shows.
  CHECK(child.visible_arguments().find("deposit") != std::string::npos);
  CHECK(child.visible_arguments().find("1234") == std::string::npos);
  child.interrupt();
  const Finished done = child.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.err ==
        "atm: cancelled: nothing was changed, nor will be (key k1)\n"
        "atm: CANCELLED: txn 3-81 by customer at locked\n");
  const auto cancels = server.received("CANCEL");
  REQUIRE(cancels.size() == 1);
  CHECK(cancels[0].words == Words{"CANCEL", "7", "k1"});
  CHECK(cancels[0].connection == 1);
}

TEST_CASE("if Ctrl-C is too late, the deposit's success is printed") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return "+OK\r\n";
    if (one.words[0] == "DEPOSIT") return {};
    self.send(0, ":12500\r\n");
    return "+TOOLATE\r\n";
  });
  Child child(as_customer(server, {"deposit", "1"}));
  REQUIRE(server.await("DEPOSIT"));
  child.interrupt();
  const Finished done = child.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.out.starts_with("deposited 1.00, balance 125.00"));
  CHECK(done.err.starts_with("atm: too late to cancel"));
}

TEST_CASE("a second Ctrl-C ends the wait, and the key is printed") {
  FakeServer server([](FakeServer&, const Received& one) -> std::string {
    return one.words[0] == "AUTH" ? "+OK\r\n" : "";
  });
  Child child(as_customer(server, {"deposit", "1", "--key", "k1"}));
  REQUIRE(server.await("DEPOSIT"));
  child.interrupt();
  REQUIRE(server.await("CANCEL"));
  child.interrupt();
  const Finished done = child.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.err.find("status k1") != std::string::npos);
}

TEST_CASE("Ctrl-C during reverse names the key, and the command that may be repeated") {
  FakeServer server([](FakeServer&, const Received&) { return ""; });
  const Words words = as_operator(server, {"--account", "7", "--as", "operator", "reverse", "k;1"});
  Child child(words);
  REQUIRE(server.await("REVERSE"));
  child.interrupt();
  const Finished done = child.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.err ==
        "atm: UNKNOWN: not known yet whether it was done: interrupted; key k;1; reversing it again "
        "is safe and returns the first reply: atm --admin-socket " +
            client::shell_quoted(server.socket_path()) +
            " --as operator --account 7 reverse 'k;1'\n");
  Child told([&] {
    Words json_words = words;
    json_words.insert(json_words.begin(), "--json");
    return json_words;
  }());
  REQUIRE(server.await("REVERSE", 2));
  told.interrupt();
  CHECK(json::parse(told.finish().out)["key"] == "k;1");
}
