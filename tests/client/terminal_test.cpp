/// The prompt and the questions for PINs on a terminal.

#include <array>

#include <doctest/doctest.h>

#include "tests/client/child.hpp"
#include "tests/client/fake_server.hpp"
#include "tests/client/matchers.hpp"

using test::check_pin;
using test::FakeServer;
using test::Finished;
using test::Received;
using test::TerminalChild;
using test::Words;

TEST_CASE("a PIN typed at the terminal is not shown") {
  FakeServer server(check_pin);
  TerminalChild atm({"--server", server.address(), "--account", "7", "balance"});
  REQUIRE(atm.await("PIN of account 7: "));
  atm.type("4711\n");
  const Finished done = atm.finish();
  CHECK(done.status == 0);
  CHECK(done.out == test::containing("balance 125.00"));
  CHECK(done.out != test::containing("4711"));
}

TEST_CASE("a typed PIN that cannot be one is refused before it is sent") {
  FakeServer server(check_pin);
  for (const char* pin : {"123\n", "1234567890123\n", "12a4\n", "\n", " 4711\n"}) {
    CAPTURE(pin);
    TerminalChild atm({"--server", server.address(), "--account", "7", "balance"});
    REQUIRE(atm.await("PIN of account 7: "));
    atm.type(pin);
    const Finished done = atm.finish();
    CHECK(done.status == 2);
    CHECK(done.out == test::containing("atm: a PIN has 4 to 12 digits"));
  }
  CHECK_MESSAGE(server.received().empty(), "it was sent, which counts as a wrong PIN");
}

TEST_CASE("a new PIN is asked for twice, until both are the same") {
  FakeServer server([](FakeServer&, const Received&) { return ":8\r\n"; });
  TerminalChild atm({"--admin-socket", server.socket_path(), "admin", "create"});
  for (const char* pins : {"1111\n2222\n", "3333\n3333\n"}) {
    const std::string both = pins;
    REQUIRE(atm.await("new PIN (4 to 12 digits): "));
    atm.type(both.substr(0, 5));
    REQUIRE(atm.await("the new PIN again: "));
    atm.type(both.substr(5));
  }
  const Finished done = atm.finish();
  CHECK(done.status == 0);
  CHECK(done.out == test::containing("account 8 created"));
  CHECK(server.received("CREATE").at(0).words.at(1) == "3333");
}

TEST_CASE("Ctrl-C at the question for a PIN sends nothing and ends the program") {
  FakeServer server(check_pin);
  TerminalChild atm({"--server", server.address(), "--account", "7", "deposit", "1"});
  REQUIRE(atm.await("PIN of account 7: "));
  atm.type("\x03");
  const Finished done = atm.finish();
  INFO(done.out);
  CHECK(done.hung == "");
  CHECK(done.status == -SIGINT);
  CHECK(server.received().empty());
}

TEST_CASE("the prompt logs in once, runs, recalls and completes commands, and ends at ^D") {
  FakeServer server(check_pin);
  TerminalChild atm({"--server", server.address(), "--account", "7"});
  REQUIRE(atm.await("PIN of account 7: "));
  atm.type("4711\n");
  REQUIRE(atm.await("atm (customer 7)> "));
  atm.type("balance\n");
  REQUIRE(atm.await("balance 125.00"));
  REQUIRE(atm.await("atm (customer 7)> "));
  atm.type("dep\t5 --key k1\n");
  REQUIRE(atm.await("deposited 5.00"));
  REQUIRE(atm.await("atm (customer 7)> "));
  atm.type("\x10\n");  // ^P recalls the previous line
  REQUIRE(atm.await("deposited 5.00"));
  REQUIRE(atm.await("atm (customer 7)> "));
  atm.type("\x04");
  CHECK(atm.finish().status == 0);
  CHECK(server.received("AUTH").size() == 1);
  CHECK(server.received("DEPOSIT").size() == 2);
}

TEST_CASE("Ctrl-C at the prompt discards only the line") {
  FakeServer server(check_pin);
  TerminalChild atm({"--admin-socket", server.socket_path(), "admin"});
  REQUIRE(atm.await("atm admin (operator)> "));
  atm.type("drain");
  REQUIRE(atm.await("drain"));
  atm.type("\x03");
  REQUIRE(atm.await("atm admin (operator)> "));
  atm.type("unlock 7\n");
  REQUIRE(atm.await("done"));
  REQUIRE(atm.await("atm admin (operator)> "));
  atm.type("quit\n");
  CHECK(atm.finish().status == 0);
  CHECK(server.received("DRAIN").empty());
  CHECK(server.received("ACCOUNT").size() == 1);
}

TEST_CASE("a prompt does not open if the login fails") {
  FakeServer server(check_pin);
  TerminalChild atm({"--server", server.address(), "--account", "7"});
  REQUIRE(atm.await("PIN of account 7: "));
  atm.type("1234\n");
  const Finished done = atm.finish();
  CHECK(done.status == 1);
  CHECK(done.out != test::containing(")> "));
}

TEST_CASE("the prompt asks again after a wrong PIN instead of repeating it") {
  FakeServer server(check_pin);
  TerminalChild atm({"--server", server.address()});
  REQUIRE(atm.await("atm (customer)> "));
  for (const char* pin : {"1234\n", "4711\n"}) {
    atm.type("balance --account 9\n");
    REQUIRE(atm.await("PIN of account 9: "));
    atm.type(pin);
    REQUIRE(atm.await("atm (customer)> "));
  }
  atm.type("quit\n");
  CHECK(atm.finish().status == 0);
  const auto logins = server.received("AUTH");
  REQUIRE(logins.size() == 2);
  CHECK(logins[0].words == Words{"AUTH", "9", "1234"});
  CHECK(logins[1].words == Words{"AUTH", "9", "4711"});
}

TEST_CASE("a line with bytes that the locale cannot decode is refused") {
  const std::vector<std::array<std::string, 2>> lines{
      {"LC_ALL=C", "deposit 1\xd9\xab\x35\x30"},       // an Arabic decimal separator
      {"LC_ALL=C.UTF-8", "deposit 1\xb7\x35\x30"},     // a Latin-1 dot
      {"LC_ALL=C.UTF-8", "deposit 1\xd9\x35\x30"},     // half a character
      {"LC_ALL=C.UTF-8", "deposit 150 --key k\xc3"}};  // half a character at the end
  for (const auto& [locale, typed] : lines) {
    const std::string line = typed;
    CAPTURE(line);
    FakeServer server(check_pin);
    TerminalChild atm(
        {"--admin-socket", server.socket_path(), "--as", "operator", "--account", "7"}, {locale});
    REQUIRE(atm.await("atm (operator)> "));
    atm.type(line + "\n");
    REQUIRE_MESSAGE(atm.await("\natm: the line has bytes"), "the line was not refused");
    REQUIRE(atm.await("atm (operator)> "));
    atm.type("deposit 2\n");
    REQUIRE(atm.await("deposited 2.00"));
    REQUIRE(atm.await("atm (operator)> "));
    atm.type(line + "\n");
    REQUIRE(atm.await("\natm: the line has bytes"));
    atm.type("quit\n");
    CHECK_MESSAGE(atm.finish().status == 2, "the refused line does not count in the exit status");
    CHECK(server.received("DEPOSIT").size() == 1);
  }
}

TEST_CASE("a line that the locale cannot decode is refused as JSON under --json") {
  FakeServer server(check_pin);
  TerminalChild atm({"--admin-socket", server.socket_path(), "--as", "operator", "--json"},
                    {"LC_ALL=C"});
  REQUIRE(atm.await("atm (operator)> "));
  atm.type("deposit 1\xb7\x35\n");
  REQUIRE(atm.await("{\"error\":{\"code\":\"USAGE\",\"message\":\"the line has bytes"));
  REQUIRE(atm.await("atm (operator)> "));
  atm.type("\x04");
  CHECK(atm.finish().status == 2);
}

TEST_CASE("a line with characters of the locale is refused by its meaning") {
  FakeServer server(check_pin);
  TerminalChild atm({"--admin-socket", server.socket_path(), "--as", "operator", "--account", "7"},
                    {"LC_ALL=C.UTF-8"});
  REQUIRE(atm.await("atm (operator)> "));
  atm.type("deposit 1\xd9\xab\x35\x30\n");
  REQUIRE(atm.await("an amount is written like 25"));
  atm.type("quit\n");
  atm.finish();
  CHECK(server.received("DEPOSIT").empty());
}

TEST_CASE("Ctrl-C cancels a command of the prompt, which lives on; SIGTERM ends it") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "BALANCE") return ":5\r\n";
    if (one.words[0] == "PING") return "+PONG\r\n";
    if (one.words[0] != "CANCEL") return {};
    self.send(0, "-CANCELLED txn 3-81 by operator at locked\r\n");
    return "+CANCELLED\r\n";
  });
  TerminalChild atm({"--admin-socket", server.socket_path(), "--as", "operator", "--account", "7"});
  REQUIRE(atm.await("atm (operator)> "));
  atm.type("withdraw 1\n");
  REQUIRE(server.await("WITHDRAW"));
  atm.type("\x03");
  REQUIRE(atm.await("CANCELLED: txn 3-81"));
  atm.type("balance\n");
  REQUIRE(atm.await("balance 0.05"));
  REQUIRE(atm.await("atm (operator)> "));
  atm.interrupt(SIGTERM);
  CHECK(atm.finish().status == -SIGTERM);
}

TEST_CASE("an exported admin socket does not turn a customer into the operator") {
  FakeServer server(check_pin);
  TerminalChild atm({"--server", server.address(), "--account", "7", "deposit", "25"},
                    {"ATM_ADMIN_SOCKET=" + server.socket_path()});
  REQUIRE_MESSAGE(atm.await("PIN of account 7: "), "the customer was not asked for the PIN");
  atm.type("4711\n");
  CHECK(atm.finish().status == 0);
  CHECK(server.received("AUTH").size() == 1);
}
