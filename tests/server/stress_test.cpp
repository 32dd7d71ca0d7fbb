// Many clients and cancellers at once; every reply that any of them received is compared with the
// ledger. ATM_STRESS_SECONDS=30 sets for how long.

#include <chrono>
#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/stress_crowd.hpp"

using rig::Fate;
using rig::Site;
using rig::Written;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int customers = 12;
constexpr int enough_verdicts = 1000;
constexpr int enough_stopped = 200;
constexpr int most_orders = 400'000;

void await_enough(const Square& square) {
  const char* const wanted = std::getenv("ATM_STRESS_SECONDS");
  const auto until = Clock::now() + std::chrono::seconds(wanted != nullptr ? std::atoi(wanted) : 0);
  while (!square.over && (square.orders < most_orders || wanted != nullptr)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const bool enough = square.tally.each_at_least(enough_verdicts) &&
                        square.stopped >= enough_stopped && square.orders >= rig::times(5000);
    if (enough && Clock::now() >= until) return;
  }
}

/// Runs the crowd. Returns the records of its clients.
std::vector<Written> let_loose(Square& square) {
  std::vector<std::vector<Written>> written(customers);
  std::vector<std::thread> threads;
  const auto join_in = [&](const std::string& who, const std::function<void()>& part) {
    threads.emplace_back([&square, who, part] { take_part(square, who, part); });
  };
  for (int i = 0; i < customers; ++i) {
    join_in("customer " + std::to_string(i), [&, i] {
      written[static_cast<std::size_t>(i)] = order_much(square, i, static_cast<unsigned>(i) + 1);
    });
  }
  join_in("by key", [&] { cancel_by_key(square, 1001); });
  join_in("by key too", [&] { cancel_by_key(square, 1002); });
  join_in("by handle", [&] { cancel_by_handle(square, 1003); });
  join_in("trouble", [&] { make_trouble(square, 1004); });
  await_enough(square);
  square.over = true;
  for (std::thread& thread : threads) thread.join();
  std::vector<Written> all;
  for (auto& part : written) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Merges the replies of the cancellers into the records of the clients.
void add_verdicts(const Square& square, std::vector<Written>& all) {
  std::map<Square::Key, Written*> known;
  for (Written& written : all) known[{written.order.account, written.order.key}] = &written;
  for (const Square::Key& key : square.tombstones) {
    const auto at = known.find(key);
    if (at == known.end()) continue;  // cancelled before it arrived, and it never did
    CHECK(at->second->fate != Fate::committed);
    at->second->fate = Fate::nothing;
    at->second->tombstone = true;
  }
}

/// A verdict TOOLATE: the request committed, or was answered otherwise, for example when its store
/// found the tombstone of an earlier cancel.
void check_too_late(Site& site, const Square& square, const std::vector<Written>& all) {
  std::set<Square::Key> answered;
  for (const Written& written : all) {
    const bool may_be = written.fate != Fate::committed;
    if (may_be) answered.insert({written.order.account, written.order.key});
  }
  int otherwise = 0;
  for (const Square::Key& key : square.unreached) {
    if (site.outcome(key.first, key.second) == "committed") continue;
    CHECK_MESSAGE(answered.contains(key), key.second);
    ++otherwise;
  }
  CHECK(otherwise <= static_cast<int>(square.unreached.size()) / 10);
}

void drill(const std::string& mechanism) {
  Site site({"--mechanism", mechanism});
  std::vector<std::int64_t> accounts;
  std::map<std::int64_t, std::int64_t> opening;
  for (int i = 0; i < 3; ++i) {
    accounts.push_back(site.open(100'000));
    opening[accounts.back()] = 100'000;
  }
  // A CREATE that is answered and not yet gone may be the first victim of CLIENT KILL.
  site.await_quiet();
  Square square(site, accounts);
  std::vector<Written> all = let_loose(square);
  add_verdicts(square, all);
  CHECK(square.failed == "");

  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
  CHECK(site.info("verdicts_unknown") == 0);
  const Tally& tally = square.tally;
  CHECK_MESSAGE(tally.each_at_least(enough_verdicts),
                "too few verdicts of some kind: " << tally.text());
  CHECK_MESSAGE(square.stopped >= enough_stopped,
                "too few requests were cancelled: " << square.stopped.load());
  CHECK(tally.strange == 0);
  const bool posix = mechanism == "posix";
  CHECK_MESSAGE((site.info("workers_cancelled") > 0) == posix,
                site.info("workers_cancelled") << " workers died of a cancel under " << mechanism);
  CHECK(site.stop() == 0);
  site.start();
  CHECK(rig::judge(site, all, opening) == "");
  check_too_late(site, square, all);
  CHECK(site.stop() == 0);
  MESSAGE(mechanism << ": " << all.size() << " orders, " << square.stopped.load() << " stopped; "
                    << tally.text());
}

}  // namespace

TEST_CASE("many clients and many cancellers receive replies that agree with the ledger: token") {
  drill("token");
}

TEST_CASE("many clients and many cancellers receive replies that agree with the ledger: posix") {
  drill("posix");
}
