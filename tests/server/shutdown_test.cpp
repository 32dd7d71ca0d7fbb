// The cancels of a shutdown, at the drain timeout or the second signal. The requests are CREATEs
// whose PINs cost as much to hash as in service, so that many wait for a worker or for their turn
// to hash. All are held until the shutdown releases them.

#include <csignal>
#include <map>

#include <doctest/doctest.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::Site;

namespace {

constexpr int crowd = 40;

std::string key_of(std::size_t i) {
  return "key-" + std::to_string(i);
}

/// Every request has a reply, and the ledger agrees with it after the next start.
void check_answers(Site& site, std::vector<Client>& clients) {
  std::map<std::string, std::string> expected;
  int cancelled = 0;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const Reply reply = clients[i].receive();
    const bool by_shutdown = reply.text.find(" by shutdown at ") != reply.text.npos;
    const bool too_late = reply.code() == "SHUTDOWN";  // read after the signal
    CAPTURE(reply);
    CHECK((reply.type == ':' || too_late || (reply.code() == "CANCELLED" && by_shutdown)));
    cancelled += by_shutdown ? 1 : 0;
    expected[key_of(i)] = reply.is_error() ? "none" : "committed";
  }
  CHECK(cancelled > 0);
  CHECK(site.server().wait_exit() == 0);
  site.start();
  for (const auto& answer : expected) {
    CAPTURE(answer.first);
    CHECK(site.outcome(0, answer.first) == answer.second);
  }
  CHECK(site.op()("AUDIT")["violations"].number == 0);
}

std::vector<Client> come_in(Site& site) {
  CHECK(site.op()("HOLD", "ADD", "started").text == "OK");
  std::vector<Client> clients;
  for (std::size_t i = 0; i < crowd; ++i) {
    clients.push_back(site.local());
  }
  for (std::size_t i = 0; i < crowd; ++i) {
    clients[i].send("CREATE", rig::the_pin, "BALANCE", 1, "KEY", key_of(i));
  }
  rig::wait_until([&] { return site.info("live_requests") == crowd; }, "a crowd");
  return clients;
}

}  // namespace

TEST_CASE("the drain timeout cancels every transaction that can be cancelled") {
  for (const std::string mechanism : {"token", "posix"}) {
    for (const std::string workers : {"1", "100"}) {
      CAPTURE(mechanism);
      CAPTURE(workers);
      Site site({rig::dear_pins, "--teaching", "--mechanism", mechanism, "--workers-max", workers,
                 "--drain-timeout", "20"});
      std::vector<Client> clients = come_in(site);
      site.server().signal(SIGTERM);
      check_answers(site, clients);
    }
  }
}

TEST_CASE("a second signal cancels every transaction that can be cancelled") {
  for (const std::string mechanism : {"token", "posix"}) {
    CAPTURE(mechanism);
    Site site(
        {rig::dear_pins, "--teaching", "--mechanism", mechanism, "--drain-timeout", "600000"});
    std::vector<Client> clients = come_in(site);
    site.server().signal(SIGTERM);
    rig::wait_until([&] { return site.info("draining") == 1; }, "the first signal");
    site.server().signal(SIGINT);
    check_answers(site, clients);
  }
}
