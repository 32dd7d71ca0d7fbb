/// Many requests at once, cancelled at random: money is conserved, every reply and every verdict
/// agrees with the ledger, and nothing is left behind.

#include <map>
#include <random>

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Rig;
using rig::Verdict;

namespace {

constexpr ledger::AccountId accounts = 6;
constexpr ledger::Cents opening = 500;
constexpr std::size_t most_in_flight = 24;

struct Sent {
  Asked asked;
  std::string command;
};

class Load {
 public:
  Load(Rig& rig, unsigned seed) : rig_(rig), random_(seed) {
    for (ledger::AccountId i = 0; i < accounts; ++i) rig_.open_account(opening);
  }

  void run(int requests) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
      rig_.elsewhere([this, seed] { cancel_at_random(seed); });
    }
    // On a busy machine the cancellers may start late, so go on until one has succeeded.
    for (int i = 0; i < requests || stopped_.load() == 0; ++i) {
      rig_.attend_until([this] { return rig_.bank().transactions.size() < most_in_flight; });
      started_.store(i);
      const std::string command = next_command(i);
      sent_.push_back({rig_.start(rig::teller(), command), command});
    }
    stop_.store(true);
    rig_.attend_until([this] { return cancellers_.load() == 0; });
    rig_.attend_until_quiet();
    for (const Sent& sent : sent_) rig_.finish(sent.asked);
  }

  void check() {
    ledger::Cents expected = accounts * opening;
    for (const Sent& sent : sent_) {
      CAPTURE(sent.command);
      expected += check_one(sent);
    }
    ledger::Cents total = 0;
    for (ledger::AccountId id = 1; id <= accounts; ++id) total += rig_.balance(id);
    CHECK(total == expected);
    CHECK(rig_.violations() == 0);
    check_verdicts();
  }

 private:
  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }

  std::string next_command(int number) {
    const std::string one = std::to_string(1 + pick(accounts));
    std::string other = std::to_string(1 + pick(accounts));
    if (other == one) other = one == "1" ? "2" : "1";
    const std::string amount = std::to_string(1 + pick(200));
    // Sometimes an earlier key, whose request may still run.
    const int key = pick(10) == 0 ? pick(number + 1) : number;
    const std::string under = " KEY k" + std::to_string(key);
    switch (pick(6)) {
      case 0:
        return "DEPOSIT " + one + " " + amount + under;
      case 1:
        return "WITHDRAW " + one + " " + amount + under;
      case 2:
        return "BALANCE " + one;
      case 3:
        return "HISTORY " + one;
      default:
        return "TRANSFER " + one + " " + other + " " + amount + under;
    }
  }

  void cancel_at_random(unsigned seed) {
    cancellers_.fetch_add(1);
    std::mt19937 random(seed);
    const auto lot = [&random](std::size_t below) { return random() % below; };
    while (!stop_.load()) {
      const auto all = rig_.bank().transactions.all();
      if (all.empty()) continue;
      const auto& txn = all[lot(all.size())];
      const auto reason = static_cast<rig::Reason>(lot(bank::reason_names.size()));
      txn->cancel(bank::order_of(reason), [this, txn](Verdict verdict) {
        if (verdict == Verdict::cancelled) stopped_.add(1);
        const seam::Lock lock(mutex_);
        told_[txn].push_back(verdict);
      });
      // Most requests should succeed.
      const int next = started_.load() + 1 + static_cast<int>(lot(8));
      while (!stop_.load() && started_.load() < next) seam_yield();
    }
    cancellers_.add(-1);
  }
  static void seam_yield() { sched_yield(); }

  /// Checks that the reply agrees with the ledger. Returns the money that came into the bank.
  ledger::Cents check_one(const Sent& sent) {
    const bank::Arguments& asked = sent.asked.txn->arguments();
    const std::string reply = sent.asked.reply().value_or("no reply");
    CHECK(sent.asked.inbox->replies() == 1);
    CHECK(reply != "no reply");
    const auto row = rig_.shelf().ledger().key(asked.account, asked.key);
    const cancel::Stage stage = sent.asked.txn->stage();
    if (stage == cancel::Stage::committed) {
      REQUIRE(row);
      CHECK_FALSE(row->cancelled);
      CHECK(reply == std::to_string(row->reply));
      if (asked.operation == bank::Operation::deposit) return asked.amount;
      if (asked.operation == bank::Operation::withdraw) return -asked.amount;
    } else if (stage == cancel::Stage::cancelled) {
      const bool final = sent.asked.txn->order()->durable;
      // The row of an old key replies; a new key has a tombstone, or no row.
      if (rig::code(reply) == "-CANCELLED" && final && asked.claims_key() && !asked.fault) {
        REQUIRE(row);
        CHECK(row->cancelled);
      } else if (!reply.starts_with("-")) {
        REQUIRE(row);
        CHECK(reply == std::to_string(row->reply));
      }
    } else {
      CHECK(stage == cancel::Stage::answered);
    }
    return 0;
  }

  void check_verdicts() {
    const seam::Lock lock(mutex_);
    int cancelled = 0;
    for (const auto& [txn, verdicts] : told_) {
      const auto count = std::count(verdicts.begin(), verdicts.end(), Verdict::cancelled);
      CHECK(count <= 1);
      if (count == 1) {
        CHECK(txn->stage() == cancel::Stage::cancelled);
        CHECK(std::count(verdicts.begin(), verdicts.end(), Verdict::too_late) == 0);
        ++cancelled;
      }
      CHECK(std::count(verdicts.begin(), verdicts.end(), Verdict::unknown) == 0);
    }
    CHECK(cancelled > 0);
  }

  Rig& rig_;
  std::mt19937 random_;
  std::vector<Sent> sent_;
  seam::Atomic<int> started_{0};
  seam::Atomic<int> cancellers_{0};
  seam::Atomic<int> stopped_{0};
  seam::Atomic<bool> stop_{false};
  seam::Mutex mutex_;
  std::map<std::shared_ptr<bank::Transaction>, std::vector<Verdict>> told_ GUARDED_BY(mutex_);
};

}  // namespace

TEST_CASE("under load with cancels, money is conserved and every reply and verdict is true") {
  const rig::Options options = rig::each_store_and_mechanism();
  Rig rig(options);
  Load load(rig, 7);
  load.run(options.store == rig::Store::memory ? 1500 : 700);
  load.check();
  CHECK(rig.quiet());
  CHECK(rig.workers().counts().cancelled >= 0);
}
