// Keys: repeats, conflicts, cancels and restarts.

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

TEST_CASE(
    "a repeat with the same key returns the first reply; another request with it is refused") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto b = site.open(100);
  const auto c = site.open(100);
  Client& op = site.op();
  CHECK(show(op("TRANSFER", a, b, 10, "KEY", "k")) == ":90");
  CHECK(show(op("DEPOSIT", a, 1)) == ":91");
  CHECK(show(op("TRANSFER", a, b, 10, "KEY", "k")) == ":90");
  CHECK(show(op("TRANSFER", a, b, "0010", "TIMEOUT", 5000, "KEY", "k")) == ":90");
  CHECK(show(op("DEPOSIT", a, 10, "KEY", "k")) ==
        "-DUPKEY key k was used for another request; give each its own key");
  CHECK(op("TRANSFER", a, b, 11, "KEY", "k").code() == "DUPKEY");
  CHECK(op("TRANSFER", a, c, 10, "KEY", "k").code() == "DUPKEY");
  CHECK(show(op("TRANSFER", b, a, 10, "KEY", "k")) ==
        ":100");  // another account's key of the same name
  CHECK(op("CREATE", "1234", "BALANCE", 5, "KEY", "k").type == ':');
  CHECK(op("CREATE", "1234", "BALANCE", 6, "KEY", "k").code() == "DUPKEY");
  CHECK(site.balance(a) == 101);
  CHECK(site.balance(b) == 100);
  CHECK(site.stop() == 0);
  site.start();
  CHECK(show(site.op()("TRANSFER", a, b, 10, "KEY", "k")) == ":90");
  CHECK(site.balance(a) == 101);
}

TEST_CASE("after a refusal the key may be used again") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  CHECK(site.op()("WITHDRAW", a, 200, "KEY", "k").code() == "FUNDS");
  CHECK(site.outcome(a, "k") == "none");
  CHECK(show(site.op()("DEPOSIT", a, 100, "KEY", "k")) == ":200");
}

TEST_CASE("a key whose request still runs is refused as in progress") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  site.op()("HOLD", "ADD", "committed");
  Client first = site.customer(a);
  first.send("DEPOSIT", a, 5, "KEY", "k");
  site.await_held("committed");
  Client second = site.customer(a);
  CHECK(second("DEPOSIT", a, 5, "KEY", "k").code() == "INPROGRESS");
  CHECK(second("WITHDRAW", a, 7, "KEY", "k").code() == "INPROGRESS");
  CHECK(site.op()("REVERSE", a, "k").code() == "INPROGRESS");
  CHECK(site.outcome(a, "k") == "committed");
  CHECK(show(second("CANCEL", a, "k")) == "+TOOLATE");
  CHECK(show(second("CANCEL", a, "k", "WAIT", 20)) == "+TOOLATE");  // the wait runs out
  CHECK(site.in_flight().size() == 1);
  second.send("CANCEL", a, "k", "WAIT", 600'000);
  CHECK(show(site.op()("HOLD", "CLEAR")) == "+OK");
  CHECK(show(first.receive()) == ":105");
  CHECK(show(second.receive()) == "+TOOLATE");
  CHECK(show(second("DEPOSIT", a, 5, "KEY", "k")) == ":105");
}

TEST_CASE("a key can be cancelled before its request arrives") {
  Site site;
  const auto a = site.open(100);
  Client customer = site.customer(a);
  CHECK(show(customer("CANCEL", a, "k", "WAIT", 600'000)) == "+CANCELLED");
  CHECK(show(customer("CANCEL", a, "k")) == "+ALREADY");
  CHECK(show(customer("DEPOSIT", a, 5, "KEY", "k")) == "-CANCELLED key k was cancelled");
  CHECK(show(customer("WITHDRAW", a, 5, "KEY", "k")) == "-CANCELLED key k was cancelled");
  CHECK(show(site.op()("CANCEL", 0, "c")) == "+CANCELLED");
  CHECK(show(site.op()("CREATE", "1234", "KEY", "c")) == "-CANCELLED key c was cancelled");
  CHECK(show(customer("DEPOSIT", a, 5, "KEY", "done")) == ":105");
  CHECK(show(customer("CANCEL", a, "done")) == "+TOOLATE");
  CHECK(site.balance(a) == 105);
}

TEST_CASE("the key of a refused request can be cancelled for good") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  Client customer = site.customer(a);
  site.op()("HOLD", "ADD", "replied", "OP", "withdraw");
  customer.send("WITHDRAW", a, 200, "KEY", "k");
  const std::string handle = site.await_held("replied");
  CHECK(customer.receive().code() == "FUNDS");
  CHECK(show(site.op()("TXN", "CANCEL", handle)) == "+TOOLATE");
  CHECK(site.outcome(a, "k") == "none");
  CHECK(show(site.op()("CANCEL", a, "k")) == "+CANCELLED");
  CHECK(show(customer("DEPOSIT", a, 1, "KEY", "k")) == "-CANCELLED key k was cancelled");
  site.op()("HOLD", "CLEAR");
  site.await_quiet();
}

TEST_CASE("verdicts hold after a kill and a restart") {
  for (const std::string mechanism : {"token", "posix"}) {
    CAPTURE(mechanism);
    Site site({"--teaching", "--mechanism", mechanism});
    const auto a = site.open(100);
    site.op()("HOLD", "ADD", "modified");
    Client customer = site.customer(a);
    customer.send("DEPOSIT", a, 5, "KEY", "stopped");
    const std::string handle = site.await_held("modified");
    CHECK(show(site.op()("TXN", "CANCEL", handle)) == "+CANCELLED");
    site.server().kill9();
    site.start();
    CHECK(site.outcome(a, "stopped") == "cancelled");
    CHECK(site.op()("TXN", "CANCEL", handle).code() == "INVALIDHANDLE");
    CHECK(show(site.op()("CANCEL", a, "early")) == "+CANCELLED");
    site.server().kill9();
    site.start();
    CHECK(site.outcome(a, "early") == "cancelled");
    CHECK(show(site.op()("WITHDRAW", a, 5, "KEY", "done")) == ":95");
    site.server().kill9();
    site.start();
    CHECK(show(site.op()("WITHDRAW", a, 5, "KEY", "done")) == ":95");
    CHECK(show(site.op()("CANCEL", a, "done")) == "+TOOLATE");
    CHECK(show(site.op()("DEPOSIT", a, 5, "KEY", "stopped")) ==
          "-CANCELLED key stopped was cancelled");
    CHECK(site.balance(a) == 95);
    CHECK(site.op()("AUDIT")["violations"].number == 0);
  }
}

TEST_CASE("handles are never reused, not even after a restart") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  std::string before;
  for (int i = 0; i < 3; ++i) {
    site.op()("HOLD", "ADD", "started");
    Client customer = site.customer(a);
    customer.send("BALANCE", a);
    const std::string handle = site.await_held("started");
    CHECK(handle != before);
    before = handle;
    site.server().kill9();
    site.start();
  }
}

TEST_CASE("of many simultaneous requests with one key, one moves money") {
  Site site;
  const auto a = site.open();
  const int rounds = rig::times(40);
  std::atomic<int> strange{0};
  std::vector<std::thread> threads;
  std::vector<Client> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(site.local());
  for (Client& client : clients) {
    threads.emplace_back([&] {
      for (int round = 1; round <= rounds; ++round) {
        const std::string key = "k" + std::to_string(round);
        Reply reply;
        do {
          reply = client("DEPOSIT", a, 1, "KEY", key);
        } while (reply.code() == "INPROGRESS");
        if (reply.type != ':' || reply.number > rounds) ++strange;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(strange == 0);
  CHECK(site.balance(a) == rounds);
}

TEST_CASE("of a request and a simultaneous cancel of its key, exactly one wins") {
  for (const std::string mechanism : {"token", "posix"}) {
    CAPTURE(mechanism);
    Site site({"--mechanism", mechanism});
    const auto a = site.open();
    Client customer = site.customer(a);
    Client canceller = site.customer(a);
    std::int64_t committed = 0;
    for (int i = 0; i < rig::times(400); ++i) {
      const std::string key = "k" + std::to_string(i);
      customer.send("DEPOSIT", a, 1, "KEY", key);
      canceller.send("CANCEL", a, key);
      const Reply verdict = canceller.receive();
      const Reply reply = customer.receive();
      CAPTURE(verdict);
      CAPTURE(reply);
      if (show(verdict) == "+CANCELLED") {
        CHECK(reply.code() == "CANCELLED");
      } else {
        CHECK(show(verdict) == "+TOOLATE");
        CHECK(show(reply) == ":" + std::to_string(++committed));
      }
      CHECK(site.outcome(a, key) == (reply.type == ':' ? "committed" : "cancelled"));
    }
    CHECK(site.balance(a) == committed);
    CHECK(site.stop() == 0);
  }
}
