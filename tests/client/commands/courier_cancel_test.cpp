/// The effect of Ctrl-C on a request in flight.

#include <atomic>
#include <chrono>

#include <doctest/doctest.h>

#include "tests/client/commands/courier_fixture.hpp"

using client::Ending;
using client::Nature;
using test::FakeServer;
using test::ok;
using test::Received;
using namespace std::chrono_literals;

namespace {

// Presses Ctrl-C when DEPOSIT arrives, and does not answer it. `more` answers all other commands
// except AUTH.
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

TEST_CASE("Ctrl-C sends CANCEL on a second connection, and the first one's reply is the end") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received&) {
    self.send(0, "-CANCELLED txn 3-81 by customer at locked\r\n");
    return "+CANCELLED\r\n";
  }));
  const auto [ending, announced] = carry(server, test::deposit(), interrupt);
  CHECK(ending.kind == Ending::Kind::reply);
  CHECK(ending.reply.text == "CANCELLED txn 3-81 by customer at locked");
  CHECK(ending.verdict->code() == "CANCELLED");
  REQUIRE(announced.size() == 1);
  CHECK(announced[0] == "cancelled: nothing was changed, nor will be");
  const auto cancels = server.received("CANCEL");
  REQUIRE(cancels.size() == 1);
  CHECK(cancels[0].words == test::Words{"CANCEL", "7", "k1"});
  CHECK(cancels[0].connection == 1);
}

TEST_CASE("after TOOLATE the transaction's own reply is the end") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received&) {
    self.send(0, ":12500\r\n");
    return "+TOOLATE\r\n";
  }));
  const auto [ending, announced] = carry(server, test::deposit(), interrupt);
  CHECK(ending.reply.number == 12500);
  CHECK(ending.verdict->code() == "TOOLATE");
  CHECK(announced.at(0).starts_with("too late"));
}

TEST_CASE("after CANCELLED and a lost connection the verdict is the end") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received&) {
    self.drop(0);
    return "+CANCELLED\r\n";
  }));
  const auto [ending, announced] = carry(server, test::deposit(), interrupt);
  CHECK(ending.reply.code() == "CANCELLED");
  CHECK(server.received("DEPOSIT").size() == 1);
}

TEST_CASE("after TOOLATE and a lost connection, STATUS leads to the first reply") {
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

TEST_CASE("after TOOLATE and a lost refusal the write is not sent again") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [](FakeServer& self, const Received& one) {
    if (one.words[0] == "STATUS") return test::array({"outcome", "none"});
    self.drop(0);
    return std::string("+TOOLATE\r\n");
  }));
  CHECK(carry(server, test::deposit(), interrupt).ending.kind == Ending::Kind::not_done);
  CHECK(server.received("DEPOSIT").size() == 1);
}

TEST_CASE("a refused CANCEL is repeated if the first connection is lost") {
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

TEST_CASE("if the CANCEL cannot be sent, the courier waits for the transaction's own reply") {
  client::Interrupt interrupt;
  FakeServer server([&](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH" && one.connection == 0) return ok;
    if (one.words[0] == "DEPOSIT") {
      interrupt.raise();
      return {};
    }
    // Closes the second connection before its login.
    self.drop(one.connection);
    self.send(0, ":12500\r\n");
    return {};
  });
  const auto [ending, announced] = carry(server, test::deposit(), interrupt);
  CHECK(ending.reply.number == 12500);
  CHECK_FALSE(ending.verdict);
  CHECK(announced.at(0).starts_with("could not ask the server to cancel"));
}

TEST_CASE("a CANCEL has the whole time of --retry-for, however long the transaction has taken") {
  client::Interrupt interrupt;
  std::atomic<int> minute{0};
  FakeServer server([&](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return ok;
    if (one.words[0] == "DEPOSIT") {
      minute = 30;
      interrupt.raise();
      return {};
    }
    if (one.connection > 1) return "+CANCELLED\r\n";
    self.drop(0);
    return "-BUSY try again\r\n";
  });
  client::Session session(*client::parse_endpoint(server.address()),
                          {client::Role::customer, 7, client::Secret("1234")}, interrupt);
  const auto announce = [&](client::News news, const std::string&) {
    // The first CANCEL was refused. The transaction's hour is over, that of the cancel is not.
    if (news == client::News::cancelling) minute = 75;
  };
  const auto now = [&] { return client::Clock::now() + std::chrono::minutes(minute); };
  client::Courier courier(session, interrupt, 1h, announce, now);
  const Ending ending = courier.carry(test::deposit());
  CHECK_MESSAGE(ending.kind == Ending::Kind::reply, "the CANCEL was given up: " << ending.why);
  CHECK(ending.reply.code() == "CANCELLED");
  CHECK(server.received("CANCEL").size() == 2);
}

TEST_CASE("a second Ctrl-C ends the wait, and the outcome is unknown") {
  client::Interrupt interrupt;
  FakeServer server(interrupting(interrupt, [&](FakeServer&, const Received&) {
    interrupt.raise();
    return "";
  }));
  CHECK(carry(server, test::deposit(), interrupt).ending.kind == Ending::Kind::unknown);
}

TEST_CASE("a second Ctrl-C after the verdict CANCELLED ends as cancelled") {
  client::Interrupt interrupt;
  FakeServer server(
      interrupting(interrupt, [](FakeServer&, const Received&) { return "+ALREADY\r\n"; }));
  client::Session session(*client::parse_endpoint(server.address()),
                          {client::Role::customer, 7, client::Secret("1234")}, interrupt);
  client::Courier courier(session, interrupt, 1min,
                          [&](client::News, const std::string&) { interrupt.raise(); });
  CHECK(courier.carry(test::deposit()).reply.code() == "CANCELLED");
}

TEST_CASE("Ctrl-C between two attempts sends CANCEL and does not send the write again") {
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

TEST_CASE("Ctrl-C before the write was sent ends it without a CANCEL") {
  client::Interrupt interrupt;
  FakeServer server([&](FakeServer&, const Received&) {
    interrupt.raise();
    return "";
  });
  CHECK(carry(server, test::deposit(), interrupt).ending.kind == Ending::Kind::interrupted);
  CHECK(server.received("DEPOSIT").empty());
  CHECK(server.received("CANCEL").empty());
}

TEST_CASE("Ctrl-C abandons a read; the outcome of a write without a key is unknown") {
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
