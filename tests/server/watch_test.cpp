// TXN WATCH over sockets.

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

Client watcher(const Site& site) {
  Client client = site.local();
  CHECK(show(client("TXN", "WATCH")) == "+OK");
  return client;
}

std::string event_of(const Reply& event) {
  return event.elements.at(3).text;
}

/// Reads events until one of that name. Returns the names.
std::string names_until(Client& client, const std::string& last) {
  std::string names;
  for (;;) {
    const std::string name = event_of(client.receive());
    names += (names.empty() ? "" : " ") + name;
    if (name == last) return names;
  }
}

/// Has a client ask for many balances, without waiting for each.
void make_many_events(Client& client, std::int64_t account, int requests) {
  std::string questions;
  for (int i = 0; i < requests; ++i) {
    questions += Client::framed({"BALANCE", std::to_string(account)});
  }
  client.raw(questions);
  for (int i = 0; i < requests; ++i) CHECK(client.receive().type == ':');
}

constexpr const char* of_a_deposit =
    "admitted stage granted stage released waiting stage reply gone";

}  // namespace

TEST_CASE("TXN WATCH sends pushes in RESP3, and the connection can be used as before") {
  Site site;
  const auto a = site.open(100);
  site.await_quiet();
  Client client = site.local();
  client("HELLO", 3);
  CHECK(show(client("TXN", "WATCH", "ACCOUNT", a)) == "+OK");
  CHECK(client("TXN", "WATCH").is_error());
  CHECK(client("TXN", "LIST").type == '*');
  Client teller = site.teller();
  CHECK(teller("DEPOSIT", a, 5, "KEY", "k").number == 105);
  const Reply admitted = client.receive();
  CHECK(admitted.type == '>');
  CHECK(admitted.elements.at(0).number == 1);
  CHECK(admitted.elements.at(1).type == ':');
  CHECK(event_of(admitted) == "admitted");
  CHECK(show(admitted.elements.at(4)) == "$deposit");
  CHECK(admitted.elements.at(5).number == a);
  CHECK(names_until(client, "gone") ==
        std::string(of_a_deposit).substr(std::string("admitted ").size()));
  CHECK(show(client("PING")) == "+PONG");
}

TEST_CASE(
    "a watching connection in RESP2 answers PING, refuses others, and RESET ends the stream") {
  Site site;
  const auto a = site.open(100);
  site.await_quiet();
  Client client = watcher(site);
  CHECK(show(client("PING")) == "+PONG");
  for (const char* refused : {"TXN LIST", "TXN WATCH", "BALANCE 1", "NONSENSE"}) {
    client.raw(std::string(refused) + "\r\n");
    const Reply reply = client.receive();
    CHECK_MESSAGE(reply.code() == "ERR", refused << " answers " << show(reply));
  }
  Client teller = site.teller();
  teller("DEPOSIT", a, 5);
  CHECK(names_until(client, "gone") == of_a_deposit);
  CHECK(show(client("RESET")) == "+RESET");
  teller("DEPOSIT", a, 5);
  CHECK(client("TXN", "LIST").type == '*');
  site.await_quiet();  // its last event may come after its reply
  CHECK(show(client("TXN", "WATCH")) == "+OK");
  CHECK(show(client("QUIT")) == "+OK");
  client.await_end();
}

TEST_CASE("only the operator may watch") {
  Site site;
  CHECK(site.guest()("TXN", "WATCH").code() == "NOAUTH");
  CHECK(site.teller()("TXN", "WATCH").code() == "NOPERM");
}

TEST_CASE("a watcher that does not read delays no client, and learns how many events it missed") {
  Site site;
  const auto a = site.open(100);
  Client slow = watcher(site);
  Client quick = watcher(site);
  Client teller = site.teller();
  constexpr int requests = 4000;
  make_many_events(teller, a, requests);
  // The slow one reads again: an event that it is sent now comes behind what it has missed.
  std::int64_t last = 0;
  std::int64_t missed = 0;
  int gone = 0;
  std::string last_handle;
  for (bool ended = false; !ended;) {
    const Reply event = slow.receive();
    const bool is_missed = event_of(event) == "missed";
    const std::int64_t count = is_missed ? event.elements.at(4).number : 1;
    REQUIRE_MESSAGE(event.elements.at(0).number == last + count,
                    "after " << last << " follows " << show(event));
    last += count;
    missed += is_missed ? count : 0;
    gone += event_of(event) == "gone" ? 1 : 0;
    if (is_missed) teller("DEPOSIT", a, 5);
    ended = event_of(event) == "admitted" && show(event.elements.at(4)) == "$deposit";
  }
  CHECK_MESSAGE(missed > 0, "a client that does not read misses events");
  CHECK(gone < requests);
  slow.close();
  quick.close();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
}

TEST_CASE("a watcher that leaves in the middle does not disturb another") {
  Site site;
  const auto a = site.open(100);
  site.await_quiet();
  Client leaves = watcher(site);
  Client stays = watcher(site);
  Client teller = site.teller();
  teller("DEPOSIT", a, 5);
  CHECK(event_of(leaves.receive()) == "admitted");
  CHECK(names_until(stays, "gone") == of_a_deposit);  // a reply comes before its request is gone
  leaves.reset();
  teller("DEPOSIT", a, 5);
  CHECK(names_until(stays, "gone") == of_a_deposit);
}

TEST_CASE("a drain ends the streams, also one that its client does not read") {
  Site site;
  const auto a = site.open(100);
  site.await_quiet();
  Client reads = watcher(site);
  Client slow = watcher(site);
  Client teller = site.teller();
  teller("DEPOSIT", a, 5);
  CHECK(names_until(reads, "gone") == of_a_deposit);
  make_many_events(teller, a, 4000);
  CHECK(site.stop() == 0);
}
