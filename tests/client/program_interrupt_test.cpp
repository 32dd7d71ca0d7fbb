/// The effect of Ctrl-C on the program.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "client/terminal/text.hpp"
#include "tests/client/program_fixture.hpp"

using nlohmann::json;
using namespace test;

namespace {

// Leaves the transaction without a reply until it is cancelled.
std::string cancelling(FakeServer& server, const Received& one) {
  if (one.words[0] == "AUTH") return "+OK\r\n";
  if (one.words[0] != "CANCEL") return {};
  server.send(0, "-CANCELLED txn 3-81 by customer at locked\r\n");
  return "+CANCELLED\r\n";
}

// Ends the transaction as if it had committed just before it was cancelled.
std::string too_late(FakeServer& server, const Received& one) {
  if (one.words[0] == "AUTH") return "+OK\r\n";
  if (one.words[0] != "CANCEL") return {};
  server.send(0, ":12500\r\n");
  return "+TOOLATE\r\n";
}

}  // namespace

TEST_CASE("Ctrl-C cancels by key over a second connection and prints the verdict") {
  FakeServer server(cancelling);
  Child child(as_customer(server, {"deposit", "1", "--key", "k1"}));
  REQUIRE(server.await("DEPOSIT"));
  // The PIN is not among the arguments that ps shows.
  CHECK(child.visible_arguments() == containing("deposit"));
  CHECK(child.visible_arguments() != containing("1234"));
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
  FakeServer server(too_late);
  Child child(as_customer(server, {"deposit", "1"}));
  REQUIRE(server.await("DEPOSIT"));
  child.interrupt();
  const Finished done = child.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.out.starts_with("deposited 1.00, balance 125.00"));
  CHECK(done.err.starts_with("atm: too late to cancel"));
}

TEST_CASE("a second Ctrl-C ends the wait, and the key is printed") {
  FakeServer server(silent_after_login);
  Child child(as_customer(server, {"deposit", "1", "--key", "k1"}));
  REQUIRE(server.await("DEPOSIT"));
  child.interrupt();
  REQUIRE(server.await("CANCEL"));
  child.interrupt();
  const Finished done = child.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.err == containing("status k1"));
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

TEST_CASE("SIGTERM and SIGHUP cancel as Ctrl-C does, and the program dies of them") {
  for (const int signal : {SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    FakeServer server(cancelling);
    Child child(as_customer(server, {"withdraw", "1", "--key", "k1"}));
    REQUIRE(server.await("WITHDRAW"));
    child.interrupt(signal);
    const Finished done = child.finish();
    CHECK(done.status == -signal);
    CHECK(done.err == containing("cancelled: nothing was changed, nor will be (key k1)"));
    CHECK(server.received("CANCEL").size() == 1);
  }
}

TEST_CASE("a signal that was ignored at the start stays ignored") {
  FakeServer server(cancelling);
  Child child(as_customer(server, {"withdraw", "1"}), {{}, {}, {}, {SIGTERM}});
  REQUIRE(server.await("WITHDRAW"));
  child.interrupt(SIGTERM);
  child.interrupt(SIGINT);
  CHECK(child.finish().status == -SIGINT);
}

TEST_CASE("Ctrl-C ends a script, whether it was in time or too late") {
  for (const auto answer : {cancelling, too_late}) {
    FakeServer server(answer);
    Child child(as_customer(server, {}), {"withdraw 1\nwithdraw 2\nwithdraw 3\n", {}, {}, {}});
    REQUIRE(server.await("WITHDRAW"));
    child.interrupt();
    CHECK(child.finish().status == -SIGINT);
    CHECK(server.received("WITHDRAW").size() == 1);
  }
}
