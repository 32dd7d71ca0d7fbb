/// What Ctrl-C does to a request under way.

#include <doctest/doctest.h>

#include "tests/client/commands/courier_fixture.hpp"

using client::Ending;
using client::Nature;
using test::FakeServer;
using test::ok;
using test::Received;
using namespace std::chrono_literals;

namespace {

// Presses Ctrl-C when DEPOSIT comes, and answers neither it nor anything else but AUTH; `more`
// says what else happens.
FakeServer::Answer interrupting(client::Interrupt& interrupt, FakeServer::Answer more) {
  return [&interrupt, more, pressed = false](FakeServer& server,
                                             const Received& one) mutable -> std::string {
    if (one.words[0] == "AUTH") return ok;
    if (one.words[0] == "DEPOSIT" && !pressed) {
      pressed = true;
      interrupt.raise();
      return {};
    }
    return more(server, one);
  };
}

}  // namespace

TEST_CASE(
    "Ctrl-C sends CANCEL for the key on a second connection, and the first one's end counts") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received&) {
    self.send(0, "-CANCELLED txn 3-81 by customer at locked\r\n");
    return "+CANCELLED\r\n";
  }));
  const auto [ending, told] = carry(server, test::deposit(), interrupt);
  CHECK(ending.kind == Ending::Kind::reply);
  CHECK(ending.reply.text == "CANCELLED txn 3-81 by customer at locked");
  CHECK(ending.verdict->code() == "CANCELLED");
  REQUIRE(told.size() == 1);
  CHECK(told[0] == "cancelled: nothing was changed, nor will be");
  const auto cancels = server.received("CANCEL");
  REQUIRE(cancels.size() == 1);
  CHECK(cancels[0].words == test::Words{"CANCEL", "7", "k1"});
  CHECK(cancels[0].connection == 1);
}

TEST_CASE("too late: the transaction's own success is the end") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received&) {
    self.send(0, ":12500\r\n");
    return "+TOOLATE\r\n";
  }));
  const auto [ending, told] = carry(server, test::deposit(), interrupt);
  CHECK(ending.reply.number == 12500);
  CHECK(ending.verdict->code() == "TOOLATE");
  CHECK(told.at(0).starts_with("too late"));
}

TEST_CASE(
    "cancelled, and the first connection lost: the verdict is the end, nothing is sent again") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received&) {
    self.drop(0);
    return "+CANCELLED\r\n";
  }));
  const auto [ending, told] = carry(server, test::deposit(), interrupt);
  CHECK(ending.reply.code() == "CANCELLED");
  CHECK(server.received("DEPOSIT").size() == 1);
}

TEST_CASE("too late, and the first connection lost: STATUS tells, and the first reply is fetched") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received& one) {
    if (one.words[0] == "STATUS") return test::array({"outcome", "committed"});
    if (one.words[0] == "DEPOSIT") return std::string(":12500\r\n");
    self.drop(0);
    return std::string("+TOOLATE\r\n");
  }));
  CHECK(carry(server, test::deposit(), interrupt).ending.reply.number == 12500);
  CHECK(server.received("DEPOSIT").size() == 2);
}

TEST_CASE("too late for a refusal that was lost: it is not sent again") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received& one) {
    if (one.words[0] == "STATUS") return test::array({"outcome", "none"});
    self.drop(0);
    return std::string("+TOOLATE\r\n");
  }));
  CHECK(carry(server, test::deposit(), interrupt).ending.kind == Ending::Kind::not_done);
  CHECK(server.received("DEPOSIT").size() == 1);
}

TEST_CASE("a CANCEL that is turned away is repeated once the first connection is lost") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received& one) {
    if (one.connection > 1) return "+CANCELLED\r\n";
    self.drop(0);
    return "-UNKNOWN the disk\r\n";
  }));
  CHECK(carry(server, test::deposit(), interrupt).ending.reply.code() == "CANCELLED");
  CHECK(server.received("CANCEL").size() == 2);
  CHECK(server.received("DEPOSIT").size() == 1);
}

TEST_CASE("if the CANCEL cannot be sent, the transaction's own end is waited for") {
  client::Interrupt interrupt;
  FakeServer server([&](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH" && one.connection == 0) return ok;
    if (one.words[0] == "DEPOSIT") {
      interrupt.raise();
      return {};
    }
    // The second connection: gone before it could log in.
    self.drop(one.connection);
    self.send(0, ":12500\r\n");
    return {};
  });
  const auto [ending, told] = carry(server, test::deposit(), interrupt);
  CHECK(ending.reply.number == 12500);
  CHECK_FALSE(ending.verdict);
  CHECK(told.at(0).starts_with("could not ask the server to cancel"));
}

TEST_CASE("a second Ctrl-C leaves, and the outcome is unknown") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [&](FakeServer&, const Received&) {
    interrupt.raise();
    return "";
  }));
  CHECK(carry(server, test::deposit(), interrupt).ending.kind == Ending::Kind::unknown);
}

TEST_CASE("a second Ctrl-C after the verdict that nothing was changed leaves with that") {
  client::Interrupt interrupt;
  FakeServer server(
      interrupting(interrupt, [](FakeServer&, const Received&) { return "+ALREADY\r\n"; }));
  client::Session session(*client::parse_endpoint(server.address()),
                          {client::Role::customer, 7, client::Secret("1234")}, interrupt);
  client::Courier courier(session, interrupt, 1min,
                          [&](client::News, const std::string&) { interrupt.raise(); });
  CHECK(courier.carry(test::deposit()).reply.code() == "CANCELLED");
}

TEST_CASE(
    "Ctrl-C while waiting to try again cancels what may be under way, without sending it again") {
  client::Interrupt interrupt;
  FakeServer server([&](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") {
      if (one.connection == 1) interrupt.raise();
      return one.connection == 1 ? "" : ok;
    }
    if (one.words[0] == "CANCEL") return "+CANCELLED\r\n";
    self.drop(one.connection);
    return {};
  });
  CHECK(carry(server, test::deposit(), interrupt).ending.reply.code() == "CANCELLED");
  CHECK(server.received("DEPOSIT").size() == 1);
  CHECK(server.received("CANCEL").size() == 1);
}

TEST_CASE("Ctrl-C before the write was sent leaves nothing to cancel") {
  client::Interrupt interrupt;
  FakeServer server([&](FakeServer&, const Received&) {
    interrupt.raise();
    return "";
  });
  CHECK(carry(server, test::deposit(), interrupt).ending.kind == Ending::Kind::interrupted);
  CHECK(server.received("DEPOSIT").empty());
  CHECK(server.received("CANCEL").empty());
}

TEST_CASE("Ctrl-C during a read just leaves; without a key a write's outcome is unknown") {
  client::Interrupt interrupt;
  const auto press = [&](FakeServer&, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return ok;
    interrupt.raise();
    return {};
  };
  FakeServer reading(press);
  const client::Request read{{"BALANCE", "7"}, Nature::read, 7, {}, {}};
  CHECK(carry(reading, read, interrupt).ending.kind == Ending::Kind::interrupted);
  FakeServer writing(press);
  const client::Request passwd{{"PASSWD", "7", "4321"}, Nature::repeatable, 7, {}, {}};
  CHECK(carry(writing, passwd, interrupt).ending.kind == Ending::Kind::unknown);
  CHECK(reading.received("CANCEL").empty());
  CHECK(writing.received("CANCEL").empty());
}
