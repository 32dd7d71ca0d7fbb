// The duties of a connection to its client, and its limits for the sake of other clients.

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

std::string repeated(const std::string& text, std::size_t size) {
  std::string all;
  while (all.size() < size) all += text;
  return all;
}

std::size_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::size_t mapped = 0;
  std::size_t resident = 0;
  file >> mapped >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE(
    "a client that leaves while its input is not read is noticed, and its request cancelled") {
  for (const bool reset : {false, true}) {
    CAPTURE(reset);
    Site site({"--teaching"});
    const auto account = site.open(5);
    site.op()("HOLD", "ADD", "modified");
    Client customer = site.customer(account);
    customer.send("DEPOSIT", account, 1);
    site.await_held("modified");
    // More than the server keeps, and little enough for its system to keep the rest: the end of
    // the connection reaches the server behind it.
    customer.raw(repeated("PING\r\n", 402 * 1024));
    if (reset) {
      customer.reset();
    } else {
      customer.close();
    }
    rig::wait_until([&] { return site.info("cancels_disconnect") == 1; },
                    "the cancel of a lost client's request");
    CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
    CHECK(site.balance(account) == 5);
  }
}

TEST_CASE("a client that leaves behind more bytes than its system can send is treated as lost") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "modified");
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1);
  site.await_held("modified");
  const std::string pings = repeated("PING\r\n", 32 * 1024 * 1024);
  REQUIRE_MESSAGE(customer.push(pings, 100) < pings.size(), "the end is not behind unsent bytes");
  customer.close();
  rig::wait_until([&] { return site.info("cancels_disconnect") == 1; },
                  "the cancel of a lost client's request");
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
  CHECK(site.balance(account) == 5);
  rig::wait_until([&] { return site.info("connected_clients") == 1; }, "the end of its connection");
}

TEST_CASE("a client that is dropped for what it sent ahead receives the reply in flight") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "modified");
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1, "KEY", "k");
  site.await_held("modified");
  customer.push(repeated("DEPOSIT " + std::to_string(account) + " 1\r\n", 1024 * 1024), 100);
  const std::string reply = show(customer.receive());
  CHECK_MESSAGE(reply.find("by disconnect at modified: more than 384 KiB") != reply.npos, reply);
  CHECK_MESSAGE(!customer.receive_or_end(), "a command behind the dropped one was answered");
  CHECK(site.outcome(account, "k") == "none");
  CHECK(site.balance(account) == 5);
}

TEST_CASE("a long pipeline is answered whole although one of its requests takes long to end") {
  Site site({"--teaching"});
  const auto account = site.open();
  site.op()("HOLD", "ADD", "unlocked");  // no cancel can win there
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1);
  const std::string handle = site.await_held("unlocked");
  constexpr int pings = 200 * 1024;
  std::thread sender([&] { customer.raw(repeated("PING\r\n", 6 * pings)); });
  const auto age = [&] { return site.op()("TXN", "SHOW", handle)["age_us"].number; };
  rig::wait_until([&] { return age() > 4'000'000; }, "the limit of a client that sends ahead");
  site.op()("HOLD", "CLEAR");
  CHECK(show(customer.receive()) == ":1");
  int answered = 0;
  while (answered < pings && show(customer.receive()) == "+PONG") ++answered;
  sender.join();
  CHECK(answered == pings);
}

TEST_CASE("a client that closes its sending side receives the reply in flight") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "committed");
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1);
  customer.send("DEPOSIT", account, 10);
  site.await_held("committed");
  customer.half_close();
  site.op()("HOLD", "CLEAR");
  CHECK(show(customer.receive()) == ":6");
  customer.await_end();
  CHECK(site.balance(account) == 6);
}

TEST_CASE(
    "a client is served after a reply of several megabytes, whether it reads fast or slowly") {
  Site site;
  Client client = Client::tcp(site.server().port(), 4096);
  const std::string questions = repeated("COMMAND DOCS\r\n", 14 * 500);
  std::thread sender([&] { client.raw(questions + "ECHO done\r\n"); });
  for (int i = 0; i < 500; ++i) client.receive();
  sender.join();
  CHECK(show(client.receive()) == "$done");
  CHECK(show(client("PING")) == "+PONG");
  CHECK(show(client("ECHO", "again")) == "$again");
}

TEST_CASE("the memory of a crowd of idle clients is given back") {
  if (rig::sanitized) return;  // a sanitizer keeps what was freed
  Site site;
  constexpr int clients = 60;
  std::vector<Client> crowd;
  for (int i = 0; i < clients; ++i) crowd.push_back(site.local());
  for (Client& client : crowd) CHECK(show(client("PING")) == "+PONG");
  const std::size_t before = resident_bytes(site.server().pid());
  const std::string echo = "ECHO " + std::string(8000, 'x') + "\r\n";
  for (Client& client : crowd) client.push(repeated(echo, 400 * 1024), 100);
  const std::size_t full = resident_bytes(site.server().pid());
  REQUIRE_MESSAGE(full > before + clients * 100 * 1024,
                  "the crowd has made the server keep little");
  for (Client& client : crowd) {
    client.half_close();
    client.await_end();
  }
  const auto kept = [&] { return resident_bytes(site.server().pid()); };
  rig::wait_until([&] { return kept() < before + (full - before) / 4; },
                  "most of the memory to be given back");
}

TEST_CASE("an idle client's buffers are freed although it stays connected") {
  if (rig::sanitized) return;
  Site site;
  std::vector<Client> crowd;
  for (int i = 0; i < 40; ++i) crowd.push_back(site.local());
  for (Client& client : crowd) CHECK(show(client("PING")) == "+PONG");
  const std::size_t before = resident_bytes(site.server().pid());
  const std::string echo = "ECHO " + std::string(8000, 'x') + "\r\n";
  for (Client& client : crowd) {
    client.raw(repeated(echo, 100 * 1024));
    for (std::size_t i = 0; i < 100 * 1024 / echo.size() + 1; ++i) client.receive();
  }
  rig::wait_until([&] { return resident_bytes(site.server().pid()) < before + 1024 * 1024; },
                  "the buffers of idle clients to be freed");
  for (Client& client : crowd) CHECK(show(client("PING")) == "+PONG");
}

TEST_CASE("a SIGTERM does not wait for an audit, but cancels it with the reason shutdown") {
  Site site({"--teaching"});
  site.open(5);
  site.op()("HOLD", "ADD", "scanning", "OP", "audit");
  Client auditor = site.local();
  auditor.send("AUDIT");
  site.await_held("scanning");
  site.server().signal(SIGTERM);
  const std::string reply = show(auditor.receive());
  CHECK_MESSAGE(reply.find("by shutdown") != reply.npos, reply);
  CHECK(site.server().wait_exit() == 0);
}

TEST_CASE("the logins of one account do not delay those of another") {
  Site site({rig::dear_pins});
  const auto slow = site.open();
  const auto other = site.open();
  constexpr int crowd = 40;
  std::vector<Client> waiting;
  for (int i = 0; i < crowd; ++i) {
    waiting.push_back(site.guest());
    waiting.back().send("AUTH", slow, rig::the_pin);
  }
  CHECK(show(site.guest()("AUTH", other, rig::the_pin)) == "+OK");
  const auto heard =
      std::count_if(waiting.begin(), waiting.end(), [](Client& client) { return client.heard(); });
  CHECK_MESSAGE(heard < crowd / 2, heard << " of " << crowd << " logins of one account came first");
  for (Client& client : waiting) CHECK(show(client.receive()) == "+OK");
}
