// The server is killed under load and started again; every request without a reply is repeated with
// its key. No acknowledged change is lost, and none is made twice. ATM_KILLS=20 for more rounds.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>

#include "tests/server/rig/orders.hpp"
#include "tests/server/rig/patience.hpp"

using rig::Client;
using rig::Fate;
using rig::Order;
using rig::Orders;
using rig::Reply;
using rig::Site;
using rig::Written;

namespace {

constexpr int clients = 8;

/// Sends orders one after the other until the connection breaks, and records the replies.
std::vector<Written> work(const std::string& admin, Orders orders, std::atomic<int>& answered) {
  std::vector<Written> all;
  try {
    Client client = Client::local(admin);
    for (;;) {
      all.push_back({orders.next()});
      rig::note(all.back(), client.command(all.back().order.words()));
      ++answered;
    }
  } catch (const rig::Disconnected&) {
    return all;
  }
}

/// Kills the server once so many orders are answered.
std::vector<Written> round(Site& site, const std::vector<std::int64_t>& accounts, int number,
                           int enough) {
  std::atomic<int> answered{0};
  std::vector<std::vector<Written>> written(clients);
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    const std::string name = "r" + std::to_string(number) + "c" + std::to_string(i);
    threads.emplace_back([&, i, name] {
      Orders orders(accounts, name, static_cast<unsigned>(number * clients + i));
      written[static_cast<std::size_t>(i)] = work(site.server().admin(), orders, answered);
    });
  }
  rig::wait_until([&] { return answered >= enough || site.server().ended(); }, "enough answers");
  site.server().kill9();
  for (std::thread& thread : threads) thread.join();
  std::vector<Written> all;
  for (auto& part : written) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Acknowledged orders are in the ledger; the others are repeated, and are committed then.
void retry_unanswered(Site& site, std::vector<Written>& all) {
  for (Written& written : all) {
    if (written.fate == Fate::committed) {
      const Reply again = site.op().command(written.order.words());
      CHECK(show(again) == ":" + std::to_string(written.reply));
    } else if (written.fate == Fate::unknown) {
      rig::note(written, site.op().command(written.order.words()));
      CHECK(written.fate != Fate::unknown);
    }
  }
}

void drill(const std::string& mechanism) {
  const char* const wanted = std::getenv("ATM_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 5;
  Site site({"--mechanism", mechanism});
  std::vector<std::int64_t> accounts;
  std::map<std::int64_t, std::int64_t> opening;
  for (int i = 0; i < 4; ++i) {
    accounts.push_back(site.open(1000));
    opening[accounts.back()] = 1000;
  }
  std::mt19937 random(7);
  std::vector<Written> all;
  for (int i = 0; i < kills; ++i) {
    auto part = round(site, accounts, i, 20 + static_cast<int>(random() % rig::times(600)));
    site.start();
    retry_unanswered(site, part);
    all.insert(all.end(), part.begin(), part.end());
  }
  const auto committed = std::count_if(all.begin(), all.end(), [](const Written& written) {
    return written.fate == Fate::committed;
  });
  CHECK(committed >= 20 * kills / 2);
  CHECK(rig::judge(site, all, opening) == "");
  CHECK(site.stop() == 0);
  MESSAGE(kills << " kills, " << all.size() << " orders, " << committed << " committed");
}

}  // namespace

TEST_CASE("a kill under load loses no acknowledged change and repeats none: token") {
  drill("token");
}

TEST_CASE("a kill under load loses no acknowledged change and repeats none: posix") {
  drill("posix");
}
