// A server that drains.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>

#include "tests/server/rig/orders.hpp"
#include "tests/server/rig/patience.hpp"

using rig::Client;
using rig::Fate;
using rig::Orders;
using rig::Reply;
using rig::show;
using rig::Site;
using rig::Written;

namespace {

/// A client that does not read its replies, so that the server has to wait before it can exit.
Client one_who_lingers(const Site& site) {
  Client client = site.local();
  for (int i = 0; i < 400; ++i) client.send("COMMAND", "DOCS");
  return client;
}

void drain(Site& site, bool by_signal) {
  if (by_signal) {
    site.server().signal(SIGTERM);
  } else {
    CHECK(show(site.op()("DRAIN")) == "+OK");
  }
  rig::wait_until([&] { return site.info("draining") == 1; }, "a drain");
}

}  // namespace

TEST_CASE("a drain cancels an audit and a backup that run when it begins") {
  for (const bool by_signal : {true, false}) {
    CAPTURE(by_signal);
    Site site({"--teaching"});
    site.open(100);
    const std::string path = site.folder().file("copy");
    Client auditor = site.local();
    Client keeper = site.local();
    site.op()("HOLD", "ADD", "scanning");
    auditor.send("AUDIT");
    keeper.send("BACKUP", path);
    rig::wait_until([&] { return site.in_flight().size() == 2; }, "an audit and a backup");
    Client lingering = one_who_lingers(site);
    drain(site, by_signal);
    for (Client* client : {&auditor, &keeper}) {
      const std::string reply = show(client->receive());
      CHECK_MESSAGE(reply.find("by shutdown") != reply.npos, "the scan is cancelled: " << reply);
    }
    CHECK_FALSE(std::filesystem::exists(path));
  }
}

TEST_CASE("a drain refuses new transactions, and every other command works") {
  for (const bool by_signal : {true, false}) {
    Site site({"--teaching"});
    const auto a = site.open(100);
    Client customer = site.customer(a);
    Client teller = site.teller();
    Client guest = site.guest();
    customer("DEPOSIT", a, 5, "KEY", "k");
    Client lingering = one_who_lingers(site);
    drain(site, by_signal);
    CHECK_THROWS_AS(site.guest(), rig::Disconnected);
    for (const char* verb : {"DEPOSIT", "WITHDRAW"}) {
      CHECK(customer(verb, a, 5).code() == "SHUTDOWN");
    }
    CHECK(customer("DEPOSIT", a, 5, "KEY", "k").code() == "SHUTDOWN");
    CHECK(show(customer("BALANCE", a)) == "-SHUTDOWN the server is going down; try again later");
    CHECK(show(customer("DEPOSIT", a, 5, "KEY", "new")) ==
          "-SHUTDOWN the server is going down; try again later with the same key");
    CHECK(customer("HISTORY", a).code() == "SHUTDOWN");
    CHECK(customer("PASSWD", a, "9999").code() == "SHUTDOWN");
    CHECK(teller("CREATE", "9999").code() == "SHUTDOWN");
    CHECK(teller("REVERSE", a, "k").code() == "SHUTDOWN");
    CHECK(teller("DEPOSIT", 999, 1).code() == "SHUTDOWN");
    CHECK(customer("DEPOSIT", a).code() == "ERR");
    CHECK(customer("DEPOSIT", 999, 1).code() == "NOPERM");
    CHECK(customer("DEPOSIT", a, 0).code() == "AMOUNT");
    CHECK(guest("DEPOSIT", a, 0).code() == "NOAUTH");
    CHECK(show(guest("PING")) == "+PONG");
    CHECK(show(guest("AUTH", a, rig::the_pin)) == "+OK");
    CHECK(customer("STATUS", a, "k")["outcome"].text == "committed");
    CHECK(show(customer("CANCEL", a, "k")) == "+TOOLATE");
    CHECK(show(customer("CANCEL", a, "later")) == "+CANCELLED");
    Client op = site.local();
    CHECK(show(op("TXN", "LIST")) == "[]");
    CHECK_MESSAGE(op("HOLD", "ADD", "locked").code() == "SHUTDOWN", "a drain accepts a hold");
    CHECK(show(op("HOLD", "LIST")) == "[]");
    CHECK(op("TXN", "CANCEL", "1-1").code() == "INVALIDHANDLE");
    CHECK(show(op("TXN", "CANCELALL")) == ":0");
    CHECK(show(op("ACCOUNT", "FREEZE", a)) == "+OK");
    CHECK(show(op("ACCOUNT", "UNFREEZE", a)) == "+OK");
    CHECK(op("CLIENT", "LIST").type == '$');
    CHECK(op("AUDIT")["violations"].number == 0);
    CHECK(show(op("BACKUP", site.folder().file("copy"))) == "+OK");
    CHECK(show(op("DRAIN")) == "+OK");
    CHECK(!site.server().ended());
    lingering.await_end();
    CHECK(site.server().wait_exit() == 0);
    site.start();
    CHECK(site.balance(a) == 105);
    CHECK(site.outcome(a, "later") == "cancelled");
  }
}

TEST_CASE("a drain lets running, waiting and held transactions finish") {
  for (const std::string mechanism : {"token", "posix"}) {
    for (const bool by_signal : {true, false}) {
      CAPTURE(mechanism);
      Site site({"--teaching", "--mechanism", mechanism});
      const auto a = site.open(100);
      const auto b = site.open(100);
      const auto c = site.open(100);
      site.op()("HOLD", "ADD", "queued", "ACCOUNT", c);
      site.op()("HOLD", "ADD", "committed");
      site.op()("HOLD", "ADD", "checked", "ACCOUNT", b);
      std::vector<Client> clients;
      for (const auto account : {a, a, b, c}) {
        clients.push_back(site.customer(account));
        clients.back().send("DEPOSIT", account, 5);
        const std::size_t expected = clients.size();
        rig::wait_until(
            [&] {
              const auto rows = site.in_flight();
              return rows.size() == expected && !rows.back()["waiting"].text.empty();
            },
            "each in its place");
      }
      if (by_signal) {
        site.server().signal(SIGTERM);
      } else {
        site.op().send("DRAIN");
      }
      CHECK(show(clients[0].receive()) == ":105");
      CHECK(show(clients[1].receive()) == ":110");
      CHECK(show(clients[2].receive()) == ":105");
      CHECK(show(clients[3].receive()) == ":105");
      CHECK(site.server().wait_exit() == 0);
    }
  }
}

TEST_CASE("clients that wait for a verdict receive it before the exit") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  site.op()("HOLD", "ADD", "committed");
  Client customer = site.customer(a);
  customer.send("DEPOSIT", a, 5, "KEY", "k");
  const std::string handle = site.await_held("committed");
  std::vector<Client> waiting;
  for (int i = 0; i < 5; ++i) {
    waiting.push_back(site.local());
    waiting.back().send("TXN", "CANCEL", handle, "WAIT", 600'000);
    waiting.push_back(site.customer(a));
    waiting.back().send("CANCEL", a, "k", "WAIT", 600'000);
  }
  rig::wait_until([&] { return site.info("verdicts_toolate") == 10; }, "ten verdicts");
  site.server().signal(SIGTERM);
  for (Client& client : waiting) CHECK(show(client.receive()) == "+TOOLATE");
  CHECK(show(customer.receive()) == ":105");
  CHECK(site.server().wait_exit() == 0);
}

TEST_CASE("every committed transaction is acknowledged before the exit") {
  for (const std::string mechanism : {"token", "posix"}) {
    CAPTURE(mechanism);
    Site site({"--mechanism", mechanism});
    const std::vector<std::int64_t> accounts = {site.open(1000), site.open(1000), site.open(1000)};
    const std::map<std::int64_t, std::int64_t> opening = {
        {accounts[0], 1000}, {accounts[1], 1000}, {accounts[2], 1000}};
    std::atomic<int> answered{0};
    std::vector<std::vector<Written>> written(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < written.size(); ++i) {
      threads.emplace_back([&, i] {
        Orders orders(accounts, "c" + std::to_string(i), static_cast<unsigned>(i));
        Client client = site.local();
        try {
          for (;;) {
            written[i].push_back({orders.next()});
            const Reply reply = client.command(written[i].back().order.words());
            rig::note(written[i].back(), reply);
            ++answered;
            if (reply.code() == "SHUTDOWN") return;
          }
        } catch (const rig::Disconnected&) {
          // The server had not read it, so it must not have been carried out.
          written[i].back().fate = Fate::nothing;
        }
      });
    }
    rig::wait_until([&] { return answered >= rig::times(500); }, "enough answers");
    site.server().signal(SIGTERM);
    for (std::thread& thread : threads) thread.join();
    CHECK(site.server().wait_exit() == 0);
    site.start();
    std::vector<Written> all;
    for (auto& part : written) all.insert(all.end(), part.begin(), part.end());
    CHECK(rig::judge(site, all, opening) == "");
  }
}

TEST_CASE("a client that reads late receives every acknowledgement") {
  Site site;
  const auto a = site.open();
  Client customer = Client::tcp(site.server().port(), 2048);
  CHECK(show(customer("AUTH", a, rig::the_pin)) == "+OK");
  constexpr std::int64_t orders = 3000;
  const auto before = site.info("commits");
  for (int i = 0; i < orders; ++i) customer.send("DEPOSIT", a, 1);
  rig::wait_until([&] { return site.info("commits") == before + orders; }, "every commit");
  site.await_quiet();
  site.server().signal(SIGTERM);
  rig::wait_until([&] { return site.server().log().find("event=drain") != std::string::npos; },
                  "a drain");
  // Unread input at the server would make its system discard replies on their way.
  customer.send("PING");
  std::int64_t acknowledged = 0;
  while (const auto reply = customer.receive_or_end()) acknowledged += reply->type == ':' ? 1 : 0;
  CHECK(acknowledged == orders);
  CHECK(site.server().wait_exit() == 0);
}
