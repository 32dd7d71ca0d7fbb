// PINs, lock-outs, and secrets that must not leak.

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

constexpr const char* wrong = "0000";

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777;
}

/// Guesses until the account is locked. Returns how many guesses were checked.
int guess_until_locked(const Site& site, std::int64_t account) {
  Client client = site.guest();
  int checked = 0;
  for (;;) {
    const Reply reply = client("AUTH", account, wrong);
    if (reply.code() == "LOCKED") return checked;
    REQUIRE(reply.code() == "WRONGPASS");
    ++checked;
  }
}

}  // namespace

TEST_CASE("five wrong PINs lock an account, across restarts and crashes") {
  Site site;
  const auto a = site.open(10);
  const auto b = site.open(10);
  CHECK(guess_until_locked(site, a) == 5);
  CHECK(site.guest()("AUTH", a, rig::the_pin).code() == "LOCKED");
  CHECK(site.guest()("HELLO", 3, "AUTH", a, rig::the_pin).code() == "LOCKED");
  CHECK(site.stop() == 0);
  site.start();
  CHECK(site.guest()("AUTH", a, rig::the_pin).code() == "LOCKED");
  for (int i = 0; i < 3; ++i) CHECK(site.guest()("AUTH", b, wrong).code() == "WRONGPASS");
  site.server().kill9();
  site.start();
  CHECK(site.guest()("AUTH", a, rig::the_pin).code() == "LOCKED");
  CHECK(guess_until_locked(site, b) == 2);
  CHECK(show(site.op()("ACCOUNT", "UNLOCK", a)) == "+OK");
  CHECK(show(site.guest()("AUTH", a, rig::the_pin)) == "+OK");
  CHECK(site.guest()("AUTH", b, rig::the_pin).code() == "LOCKED");
}

TEST_CASE("a right PIN resets the count of wrong ones") {
  Site site;
  const auto a = site.open(10);
  Client client = site.guest();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(client("AUTH", a, wrong).code() == "WRONGPASS");
    CHECK(show(client("AUTH", a, rig::the_pin)) == "+OK");
  }
}

TEST_CASE("a client that is logged in is served while its account is locked") {
  Site site;
  const auto a = site.open(10);
  Client customer = site.customer(a);
  guess_until_locked(site, a);
  CHECK(show(customer("BALANCE", a)) == ":10");
}

TEST_CASE("of many simultaneous guesses at most five are checked") {
  Site site;
  const auto a = site.open(10);
  std::vector<Client> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(site.guest());
  for (Client& client : clients) client.send("AUTH", a, wrong);
  int looked_at = 0;
  for (Client& client : clients) {
    const Reply reply = client.receive();
    looked_at += reply.code() == "WRONGPASS" ? 1 : 0;
    CHECK((reply.code() == "WRONGPASS" || reply.code() == "LOCKED"));
  }
  CHECK(looked_at == 5);
}

TEST_CASE("simultaneous right PINs do not lock the account") {
  Site site;
  const auto a = site.open(10);
  std::vector<Client> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(site.guest());
  for (Client& client : clients) client.send("AUTH", a, rig::the_pin);
  for (Client& client : clients) CHECK(show(client.receive()) == "+OK");
}

TEST_CASE("a crash while guesses are checked allows no further guesses") {
  Site site({rig::dear_pins});
  const auto a = site.open(10);
  int told = 0;
  for (int round = 0; round < 3; ++round) {
    std::vector<Client> clients;
    for (int i = 0; i < 2; ++i) clients.push_back(site.guest());
    for (Client& client : clients) client.send("AUTH", a, wrong);
    // One guess is being checked, or has been.
    rig::wait_until([&] { return site.info("commits") >= 1 || clients[0].heard(); }, "a guess");
    site.server().kill9();
    for (Client& client : clients) {
      const auto reply = client.receive_or_end();
      told += reply && reply->code() == "WRONGPASS" ? 1 : 0;
    }
    site.start();
  }
  CHECK(told + guess_until_locked(site, a) <= 5);
}

TEST_CASE("an unknown account is refused like a wrong PIN") {
  Site site;
  const auto a = site.open(10);
  const Reply known = site.guest()("AUTH", a, wrong);
  CHECK(site.guest()("AUTH", 999, wrong) == known);
  CHECK(site.guest()("AUTH", 0, wrong) == known);
  CHECK(site.guest()("AUTH", "nobody", wrong) == known);
  CHECK(site.guest()("AUTH", "-1", wrong) == known);
  CHECK(show(site.guest()("AUTH", "teller", wrong)) == "-WRONGPASS that is not the teller secret");
  CHECK(site.guest()("AUTH", a, "") == known);
  CHECK(site.guest()("AUTH", a, std::string(1000, '1')) == known);
}

TEST_CASE("an unknown account is locked by five wrong PINs as a real one is") {
  Site site;
  const auto a = site.open(10);
  CHECK(guess_until_locked(site, a) == 5);
  CHECK(guess_until_locked(site, 999) == 5);
  CHECK(site.guest()("AUTH", 999, wrong) == site.guest()("AUTH", a, wrong));
}

TEST_CASE("UNLOCK of an unknown account answers NOACCOUNT and forgets its attempts") {
  Site site;
  CHECK(guess_until_locked(site, 999) == 5);
  CHECK(show(site.op()("ACCOUNT", "UNLOCK", 999)) == "-NOACCOUNT there is no account 999");
  CHECK_MESSAGE(guess_until_locked(site, 999) == 5, "the account is still locked");
}

TEST_CASE("no reply, log line or stored byte contains a PIN or a secret") {
  Site site({"--log-level", "debug", "--teaching"});
  const std::string pin = "739184625017";
  const std::string second = "840295736128";
  std::string heard;
  const auto hear = [&](const Reply& reply) { heard += show(reply) + "\n"; };
  site.op()("HOLD", "ADD", "checked");
  Client teller = site.teller();
  teller.send("CREATE", pin);
  std::string handle = site.await_held("checked");
  hear(site.op()("TXN", "SHOW", handle));
  hear(site.op()("TXN", "LIST"));
  hear(site.op()("CLIENT", "LIST"));
  site.op()("TXN", "RESUME", handle);
  const auto a = teller.receive().number;
  Client customer = site.customer(a, pin);
  customer.send("PASSWD", a, second);
  handle = site.await_held("checked");
  hear(site.op()("TXN", "SHOW", handle));
  hear(site.op()("CLIENT", "LIST"));
  hear(site.op()("TXN", "CANCEL", handle));
  hear(customer.receive());
  site.op()("HOLD", "CLEAR");
  hear(customer("PASSWD", a, second));
  hear(customer("PASSWD", a, pin, "x"));
  hear(customer("AUTH", a, pin));
  hear(customer("AUTH", a, pin, second));
  hear(customer("HELLO", 3, "AUTH", a, pin));
  hear(customer("HISTORY", a));
  hear(site.op()("INFO"));
  hear(site.op()("STATUS", 0, "k"));
  const auto pid = std::to_string(site.server().pid());
  heard +=
      rig::read_file("/proc/" + pid + "/cmdline") + rig::read_file("/proc/" + pid + "/environ");
  CHECK(site.stop() == 0);
  heard += site.server().log();
  for (const auto& entry : std::filesystem::directory_iterator(site.folder().file("data"))) {
    if (entry.is_regular_file()) heard += rig::read_file(entry.path());
  }
  CHECK(heard.find(pin) == heard.npos);
  CHECK(heard.find(second) == heard.npos);
  CHECK(heard.find(rig::teller_secret) == heard.npos);
  CHECK(heard.find("$argon2id$") != heard.npos);  // the hash that is stored instead
}

TEST_CASE("other users cannot open the operator's socket or the ledger") {
  Site site;
  CHECK(mode_of(site.server().admin()) == 0600);
  for (const auto& entry : std::filesystem::directory_iterator(site.folder().file("data"))) {
    CAPTURE(entry.path().string());
    CHECK((mode_of(entry.path()) & 0077) == 0);
  }
  CHECK(site.stop() == 0);
  CHECK(!std::filesystem::exists(site.server().admin()));
}
