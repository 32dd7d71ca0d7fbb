/// How a courier carries a request to its end in spite of failures.

#include <doctest/doctest.h>

#include "tests/client/commands/courier_fixture.hpp"

using client::Ending;
using client::Nature;
using test::FakeServer;
using test::ok;
using test::Received;
using namespace std::chrono_literals;

namespace {

// Answers AUTH with OK, and the nth other command with the nth line of the script. `drop` closes
// the connection. The last line is repeated.
FakeServer::Answer scripted(std::vector<std::string> script) {
  return [script = std::move(script), at = std::size_t{0}](FakeServer& server,
                                                           const Received& one) mutable {
    if (one.words[0] == "AUTH") return ok;
    const std::string line = script[std::min(at++, script.size() - 1)];
    if (line != "drop") return line;
    server.drop(one.connection);
    return std::string();
  };
}

}  // namespace

TEST_CASE("a write that succeeds is sent once, after the login") {
  FakeServer server(scripted({":12500\r\n"}));
  const Ending ending = carry(server, test::deposit());
  CHECK(ending.kind == Ending::Kind::reply);
  CHECK(ending.reply.number == 12500);
  const auto received = server.received();
  REQUIRE(received.size() == 2);
  CHECK(received[0].words == test::Words{"AUTH", "7", "1234"});
  CHECK(received[1].words == test::Words{"DEPOSIT", "7", "2500", "KEY", "k1"});
}

TEST_CASE("after a lost connection a write is sent again with the same key on a new one") {
  FakeServer server(scripted({"drop", "drop", ":12500\r\n"}));
  const Ending ending = carry(server, test::deposit());
  CHECK(ending.reply.number == 12500);
  const auto deposits = server.received("DEPOSIT");
  REQUIRE(deposits.size() == 3);
  CHECK(deposits[0].words == deposits[2].words);
  CHECK(deposits[0].connection != deposits[2].connection);
  CHECK(server.received("AUTH").size() == 3);
}

TEST_CASE("after BUSY and INPROGRESS a write is sent again on the same connection") {
  FakeServer server(scripted({"-BUSY try again\r\n", "-INPROGRESS wait\r\n", ":12500\r\n"}));
  CHECK(carry(server, test::deposit()).reply.number == 12500);
  CHECK(server.received("AUTH").size() == 1);
  CHECK(server.received("DEPOSIT").size() == 3);
}

TEST_CASE("after SHUTDOWN and UNKNOWN a write is sent again on a new connection") {
  FakeServer server(scripted({"-SHUTDOWN going\r\n", "-UNKNOWN ask STATUS\r\n", ":12500\r\n"}));
  CHECK(carry(server, test::deposit()).reply.number == 12500);
  CHECK(server.received("AUTH").size() == 3);
}

TEST_CASE("a refusal is final at once") {
  FakeServer server(scripted({"-FUNDS only 3.00 left\r\n"}));
  const Ending ending = carry(server, test::deposit());
  CHECK(ending.kind == Ending::Kind::reply);
  CHECK(ending.reply.code() == "FUNDS");
  CHECK(server.received("DEPOSIT").size() == 1);
}

TEST_CASE("at the deadline a write that may have been done is unknown") {
  FakeServer lost(scripted({"drop"}));
  CHECK(carry(lost, test::deposit(), 0ms).kind == Ending::Kind::unknown);
  FakeServer unknown(scripted({"-UNKNOWN ask STATUS\r\n"}));
  CHECK(carry(unknown, test::deposit(), 0ms).kind == Ending::Kind::unknown);
  FakeServer running(scripted({"-INPROGRESS wait\r\n"}));
  CHECK(carry(running, test::deposit(), 200ms).kind == Ending::Kind::unknown);
}

TEST_CASE("a write whose connection is lost while it is being sent may have been done") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    self.send(one.connection, ok);
    self.drop(one.connection);
    return {};
  });
  client::Request large = test::deposit();
  large.command.emplace_back(32'000'000, 'x');  // more than the sockets hold, so that send() fails
  CHECK(carry(server, large, 0ms).kind == Ending::Kind::unknown);
}

TEST_CASE("a request is not sent on a connection that the server has closed since") {
  client::Interrupt interrupt;
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return ok;
    if (one.connection > 0) return ":4\r\n";
    self.send(0, "+PONG\r\n");
    self.drop(0);
    return {};
  });
  const client::Login login{client::Role::customer, 7, client::Secret("1234")};
  client::Session session(*client::parse_endpoint(server.address()), login, interrupt);
  CHECK(session.call({"PING"}, std::nullopt).text == "PONG");
  // The server closes the first connection before it answers on a second one.
  client::Session later = session.sibling();
  CHECK(later.call({"PING"}, std::nullopt).number == 4);
  client::Courier courier(session, interrupt, 1min, [](client::News, const std::string&) {});
  const Ending ending = courier.carry({{"TXN", "CANCELALL"}, Nature::once, 0, {}, {}});
  CHECK_MESSAGE(ending.kind == Ending::Kind::reply, "it was sent on the closed connection");
  CHECK(ending.reply.number == 4);
}

TEST_CASE("at the deadline a write that was only refused as BUSY is not done") {
  FakeServer server(scripted({"-BUSY try again\r\n"}));
  const Ending ending = carry(server, test::deposit(), 100ms);
  CHECK(ending.kind == Ending::Kind::not_done);
  CHECK(ending.reply.code() == "BUSY");
  CHECK(server.received("DEPOSIT").size() > 1);
}

TEST_CASE("BUSY does not settle an earlier attempt whose reply was lost") {
  FakeServer server(scripted({"drop", "-BUSY try again\r\n"}));
  CHECK(carry(server, test::deposit(), 200ms).kind == Ending::Kind::unknown);
}

TEST_CASE("a refusal given after the look-up of the key settles an earlier attempt") {
  FakeServer server(scripted({"drop", "-FUNDS only 3.00 left\r\n"}));
  const Ending ending = carry(server, test::deposit());
  CHECK(ending.kind == Ending::Kind::reply);
  CHECK(ending.reply.code() == "FUNDS");
  CHECK(server.received("STATUS").empty());
}

TEST_CASE("STATUS is asked if a refusal does not settle an earlier attempt") {
  const std::string committed = test::array({"outcome", "committed", "id", ":9"});
  FakeServer done(scripted({"drop", "-DEADLINE too slow\r\n", committed, ":12500\r\n"}));
  const Ending ending = carry(done, test::deposit());
  CHECK(ending.reply.number == 12500);
  REQUIRE(done.received("STATUS").size() == 1);
  CHECK(done.received("STATUS")[0].words == test::Words{"STATUS", "7", "k1"});

  const std::string none = test::array({"outcome", "none"});
  const std::string running = test::array({"outcome", "running"});
  FakeServer not_done(scripted({"drop", "-DEADLINE too slow\r\n", running, none}));
  CHECK(carry(not_done, test::deposit()).reply.code() == "DEADLINE");
  CHECK(not_done.received("DEPOSIT").size() == 2);

  const std::string cancelled = test::array({"outcome", "cancelled"});
  FakeServer stopped(scripted({"drop", "-DEADLINE too slow\r\n", cancelled}));
  CHECK(carry(stopped, test::deposit()).reply.code() == "CANCELLED");
}

TEST_CASE("a refused login is final, but after a lost write the outcome is unknown") {
  FakeServer first([](FakeServer&, const Received&) { return "-WRONGPASS no\r\n"; });
  const Ending refused = carry(first, test::deposit());
  CHECK(refused.kind == Ending::Kind::reply);
  CHECK(refused.reply.code() == "WRONGPASS");
  CHECK(first.received("AUTH").size() == 1);

  FakeServer later([](FakeServer& server, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return one.connection == 0 ? ok : "-LOCKED ask\r\n";
    server.drop(one.connection);
    return {};
  });
  const Ending doubt = carry(later, test::deposit());
  CHECK(doubt.kind == Ending::Kind::unknown);
  CHECK(doubt.reply.code() == "LOCKED");
}

TEST_CASE("a login refused as BUSY is tried again") {
  FakeServer server([](FakeServer&, const Received& one) -> std::string {
    if (one.words[0] != "AUTH") return ":12500\r\n";
    return one.connection == 0 ? "-BUSY try again\r\n" : ok;
  });
  CHECK(carry(server, test::deposit()).reply.number == 12500);
}

TEST_CASE("a request of nature once is not sent again after a lost connection") {
  client::Request request{{"TXN", "CANCELALL"}, Nature::once, 0, {}, {}};
  FakeServer server(scripted({"drop"}));
  CHECK(carry(server, request).kind == Ending::Kind::unknown);
  CHECK(server.received("TXN").size() == 1);
}

TEST_CASE("a read is sent again, and its outcome is never unknown") {
  const client::Request request{{"BALANCE", "7"}, Nature::read, 7, {}, {}};
  FakeServer server(scripted({"drop", ":5\r\n"}));
  CHECK(carry(server, request).reply.number == 5);
  FakeServer lost(scripted({"drop"}));
  CHECK(carry(lost, request, 0ms).kind == Ending::Kind::cannot_connect);
}

TEST_CASE("a server that stops after a lost write leaves the outcome unknown") {
  FakeServer gone([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return ok;
    self.stop_listening();
    self.drop(one.connection);
    return {};
  });
  CHECK(carry(gone, test::deposit(), 100ms).kind == Ending::Kind::unknown);
  // The server has stopped listening by now.
  const Ending ending = carry(gone, test::deposit(), 0ms);
  CHECK(ending.kind == Ending::Kind::cannot_connect);
}

TEST_CASE("a peer that does not speak RESP counts as a lost connection") {
  FakeServer server(scripted({"HTTP/1.1 400 Bad Request\r\n\r\n"}));
  CHECK(carry(server, test::deposit(), 0ms).kind == Ending::Kind::unknown);
}

TEST_CASE("a reply of another type than the command has is not believed") {
  for (const char* other : {"+OK\r\n", "$2\r\n10\r\n", "*0\r\n", "$-1\r\n"}) {
    CAPTURE(other);
    FakeServer server(scripted({other}));
    const Ending write = carry(server, test::deposit(), 0ms);
    CHECK_MESSAGE(write.kind == Ending::Kind::unknown, "it was taken for the reply to a write");
    CHECK(write.why == test::containing("is it an atm-server?"));
    client::Request read{{"BALANCE", "7"}, Nature::read, 7, {}, {}, client::Form::integer};
    CHECK(carry(server, read, 0ms).kind == Ending::Kind::cannot_connect);
  }
}

TEST_CASE("a STATUS of another type is asked for again") {
  FakeServer status(
      scripted({"drop", "-DEADLINE too slow\r\n", ":1\r\n", test::array({"outcome", "none"})}));
  CHECK(carry(status, test::deposit()).reply.code() == "DEADLINE");
  CHECK(status.received("STATUS").size() == 2);
}

TEST_CASE("a reply that arrives before its command was sent is not believed") {
  FakeServer server([](FakeServer&, const Received& one) -> std::string {
    return one.words[0] == "AUTH" ? "+OK\r\n:99900\r\n" : ":12500\r\n";
  });
  const Ending ending = carry(server, test::deposit(), 0ms);
  CHECK_MESSAGE(ending.kind == Ending::Kind::cannot_connect, "a surplus reply was believed");
  CHECK(ending.why == test::containing("before it was asked"));
  CHECK(server.received("DEPOSIT").empty());
}

TEST_CASE("a login that is not answered with OK is no login") {
  FakeServer server([](FakeServer&, const Received&) { return ":12500\r\n"; });
  CHECK(carry(server, test::deposit(), 0ms).kind == Ending::Kind::cannot_connect);
  CHECK(server.received("DEPOSIT").empty());
}
