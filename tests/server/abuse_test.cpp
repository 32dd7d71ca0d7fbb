// Clients that send too much, send broken requests, or do not read.

#include <csignal>
#include <fstream>
#include <random>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

std::string big(std::size_t size) {
  return std::string(size, 'x');
}

/// A customer is still served.
void check_service(Site& site) {
  const auto account = site.open(5);
  CHECK(show(site.customer(account)("DEPOSIT", account, 1)) == ":6");
}

/// Random bytes, many of which pass the framer.
std::string garbage(std::mt19937& random) {
  static const std::vector<std::string> pieces = {"*1\r\n",
                                                  "*3\r\n",
                                                  "$4\r\n",
                                                  "$-1\r\n",
                                                  "PING",
                                                  "\r\n",
                                                  "\n",
                                                  "\0",
                                                  "\xff\xfe",
                                                  "*",
                                                  "$",
                                                  "AUTH",
                                                  "HELLO 3\r\n",
                                                  "\"",
                                                  "'",
                                                  "DEPOSIT 1 1\r\n",
                                                  "*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n",
                                                  "CLIENT LIST\r\n",
                                                  "*99999999999\r\n",
                                                  "$999999999\r\n",
                                                  ":1\r\n",
                                                  "TXN CANCELALL\r\n"};
  std::string bytes;
  for (auto left = 1 + random() % 40; left > 0; --left) {
    if (random() % 4 == 0) {
      bytes += static_cast<char>(random() % 256);
    } else {
      bytes += pieces[random() % pieces.size()];
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("a request over a limit is refused, and the connection stays usable") {
  Site site;
  const auto a = site.open(5);
  Client guest = site.guest();
  CHECK(guest("ECHO", big(1024)).text.size() == 1024);
  CHECK(guest("ECHO", big(1025)).code() == "TOOBIG");
  CHECK(guest.command(std::vector<std::string>(17, "x")).code() == "TOOBIG");
  CHECK(guest("ECHO", big(100'000)).code() == "TOOBIG");
  CHECK(show(guest("PING")) == "+PONG");
  Client customer = site.customer(a);
  CHECK(customer("ECHO", big(16 * 1024)).text.size() == 16 * 1024);
  CHECK(customer("ECHO", big(16 * 1024 + 1)).code() == "TOOBIG");
  CHECK(customer.command(std::vector<std::string>(65, "x")).code() == "TOOBIG");
  CHECK(customer.command(std::vector<std::string>(64, "PING")).code() == "ERR");
  CHECK(show(customer("BALANCE", a)) == ":5");
}

TEST_CASE("broken framing is answered by one error, and the connection is closed") {
  Site site;
  const std::vector<std::string> broken = {
      "*x\r\n",
      "*1000000000\r\n",
      "*1\r\nPING\r\n",
      "*1\r\n$x\r\n",
      "*1\r\n$-1\r\n",
      "*1\r\n$999999999\r\n",
      "*1\r\n$4\r\nPINGxx",
      "PING \"open\r\n",
      big(5000),              // inline, without an end
      "*" + big(5000),        //
      "*1\r\n$" + big(5000),  //
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST / HTTP/1.1\r\n\r\nPING\r\n",
  };
  for (const std::string& bytes : broken) {
    CAPTURE(bytes.substr(0, 40));
    Client client = site.guest();
    client.raw(bytes + "PING\r\nPING\r\n");
    const auto reply = client.receive_or_end();
    REQUIRE(reply);
    CHECK(reply->text.starts_with("ERR Protocol error: "));
    CHECK(!client.receive_or_end());
  }
  check_service(site);
}

TEST_CASE("a request before the broken frame is carried out and answered first") {
  Site site;
  const auto a = site.open(5);
  Client customer = site.customer(a);
  customer.raw(Client::framed({"DEPOSIT", std::to_string(a), "1"}) + "*x\r\n");
  CHECK(show(customer.receive()) == ":6");
  CHECK(customer.receive().text.starts_with("ERR Protocol error"));
  CHECK(!customer.receive_or_end());
}

TEST_CASE("an HTTP request cannot carry commands") {
  Site site;
  const auto a = site.open(5);
  Client page = site.local();  // with the operator's rights
  page.raw("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n" +
           std::string("DEPOSIT ") + std::to_string(a) + " 100\r\n");
  CHECK(page.receive().code() == "ERR");
  CHECK(!page.receive_or_end());
  CHECK(site.balance(a) == 5);
}

TEST_CASE("random bytes change nothing and leave nothing behind") {
  Site site;
  const auto a = site.open(5);
  std::mt19937 random(20260101);
  for (int i = 0; i < rig::times(400); ++i) {
    const std::string bytes = garbage(random);
    CAPTURE(i);
    Client client = i % 2 == 0 ? site.guest() : site.customer(a);
    try {
      client.raw(bytes);
      client.half_close();
      client.await_end();
    } catch (const rig::Disconnected&) {
      continue;  // the server closed before all was sent
    }
  }
  CHECK(!site.server().ended());
  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
  check_service(site);
  CHECK(site.op()("AUDIT")["violations"].number == 0);
  CHECK(site.stop() == 0);
}

TEST_CASE("a flood of pipelined requests is answered in order") {
  Site site;
  const auto a = site.open(5);
  Client customer = site.customer(a);
  std::string flood;
  for (int i = 0; i < 20'000; ++i) flood += "ECHO " + std::to_string(i) + big(100) + "\r\n";
  flood += "BALANCE " + std::to_string(a) + "\r\n";
  std::string_view left = flood;
  int answered = 0;
  Reply last;
  while (!left.empty()) {
    left.remove_prefix(customer.push(left, 0));
    if (left.empty() || customer.heard()) {
      last = customer.receive();
      CHECK_MESSAGE(last.text == std::to_string(answered) + big(100), answered);
      ++answered;
    }
  }
  while (answered < 20'000) {
    last = customer.receive();
    REQUIRE(last.text == std::to_string(answered++) + big(100));
  }
  CHECK(show(customer.receive()) == ":5");
}

TEST_CASE("a client that never reads is dropped, and the others are served") {
  Site site({"--write-timeout", "300"});
  const auto a = site.open(5);
  Client deaf = site.customer(a);
  std::string flood;
  for (int i = 0; i < 2'000'000; ++i) flood += "COMMAND DOCS\r\n";
  std::size_t taken = 0;
  try {
    taken = deaf.push(flood, 100);
  } catch (const rig::Disconnected&) {
    taken = 1;  // the server has dropped the client
  }
  CHECK(taken < flood.size());
  for (int i = 0; i < 20; ++i)
    CHECK(show(site.op()("DEPOSIT", a, 1)) == ":" + std::to_string(6 + i));
  rig::wait_until([&] { return site.info("connected_clients") == 1; },
                  "the end of the connection that is not read");
  check_service(site);
}

TEST_CASE(
    "a client that does not log in within the time-out is dropped, even if it sends commands") {
  Site site({"--auth-timeout", "200", "--teaching"});
  const auto a = site.open(5);
  Client silent = site.guest();
  Client chatty = site.guest();
  Client customer = site.customer(a);
  Client operator_too = site.local();
  silent.await_end();
  try {
    for (;;) chatty("PING");
  } catch (const rig::Disconnected&) {
    CHECK(show(customer("BALANCE", a)) == ":5");
  }
  CHECK(show(operator_too("PING")) == "+PONG");
}

TEST_CASE("an idle client is dropped, but not one that awaits a reply") {
  Site site({"--idle-timeout", "200", "--teaching"});
  const auto a = site.open(5);
  site.op()("HOLD", "ADD", "modified");
  Client waiting = site.customer(a);
  waiting.send("DEPOSIT", a, 1);
  const std::string handle = site.await_held("modified");
  Client idle = site.customer(a);
  idle.await_end();
  Client again = site.customer(a);
  again.await_end();
  CHECK(site.in_flight().size() == 1);
  CHECK(show(site.op()("TXN", "RESUME", handle)) == "+OK");
  CHECK(show(waiting.receive()) == ":6");
  waiting.await_end();
}

TEST_CASE("connections beyond the maximum receive BUSY, and a closed one makes room") {
  Site site({"--connections-max", "4"});
  Client one = site.guest();
  Client two = site.guest();
  Client three = site.guest();
  for (Client* client : {&one, &two, &three}) CHECK(show((*client)("PING")) == "+PONG");
  Client more = site.guest();
  CHECK(more.receive().code() == "BUSY");
  CHECK(!more.receive_or_end());
  CHECK(show(site.local()("PING")) == "+PONG");  // the maximum does not apply to the operator
  two.close();
  rig::wait_until([&] { return site.info("connected_clients") < 4; }, "a free place");
  CHECK(show(site.guest()("PING")) == "+PONG");
}

TEST_CASE("when descriptors run out, new clients wait and the others are served") {
  Site site;
  const auto a = site.open(5);
  Client customer = site.customer(a);
  rlimit limit{};
  REQUIRE(prlimit(site.server().pid(), RLIMIT_NOFILE, nullptr, &limit) == 0);
  const rlimit tight{40, limit.rlim_max};
  REQUIRE(prlimit(site.server().pid(), RLIMIT_NOFILE, &tight, nullptr) == 0);
  std::vector<Client> crowd;
  for (int i = 0; i < 60; ++i) crowd.push_back(site.guest());
  rig::wait_until(
      [&] { return site.server().log().find("event=accept_failed") != std::string::npos; },
      "the server to run out of descriptors");
  for (int i = 0; i < 20; ++i) CHECK(customer("DEPOSIT", a, 1).type == ':');
  crowd.clear();
  Client late = site.guest();
  late.send("PING");
  rig::wait_until([&] { return late.heard(); }, "a new client served once descriptors are free");
  CHECK(site.balance(a) == 25);
  CHECK(site.stop() == 0);
}

TEST_CASE("clients cannot use up the descriptors of the ledger and the operator") {
  Site site({"--workers-max", "16"}, {rig::descriptors(256)});
  const auto a = site.open(5);
  std::vector<Client> crowd;
  for (int i = 0; i < 300; ++i) crowd.push_back(site.guest());
  CHECK(crowd.back().receive().code() == "BUSY");
  for (int i = 0; i < 5; ++i) CHECK(site.local()("DEPOSIT", a, 1).type == ':');
  CHECK(site.op()("AUDIT")["violations"].number == 0);
  CHECK(site.server().log().find("event=limits") != std::string::npos);
  CHECK(site.server().log().find("event=accept_failed") == std::string::npos);
}
