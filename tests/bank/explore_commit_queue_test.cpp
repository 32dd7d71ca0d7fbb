/// Group commit in every order: one thread at a time uses the ledger's writer.

#include <doctest/doctest.h>

#include "server/bank/commit_queue.hpp"
#include "tests/bank/shelf.hpp"
#include "tests/scheduler/explore.hpp"

namespace {

/// Checks that no unit of work begins while the ledger tidies up.
class WatchedLedger final : public ledger::Ledger {
 public:
  WatchedLedger(explore::Run& run, ledger::Ledger& behind) : run_(run), behind_(behind) {}

  std::unique_ptr<ledger::UnitOfWork> begin() override {
    run_.check(!tidies_.load(), "a unit of work begins while the ledger tidies up");
    return behind_.begin();
  }
  void tidy() override {
    tidies_.store(true);
    behind_.tidy();
    tidies_.store(false);
  }

  std::int64_t start_number() const override { return 1; }
  std::string version() const override { return {}; }
  std::optional<ledger::Account> account(ledger::AccountId) override { return {}; }
  ledger::AccountId last_account() override { return 0; }
  std::optional<ledger::Pin> pin(ledger::AccountId) override { return {}; }
  std::optional<ledger::KeyRecord> key(ledger::AccountId, std::string_view) override { return {}; }
  std::optional<ledger::Transfer> transfer(ledger::TransferId) override { return {}; }
  std::optional<ledger::Transfer> reversal_of(ledger::TransferId) override { return {}; }
  std::vector<ledger::Transfer> history(ledger::AccountId, ledger::TransferId,
                                        std::int64_t) override {
    return {};
  }
  std::unique_ptr<ledger::Audit> audit() override { return nullptr; }
  std::unique_ptr<ledger::Scan> backup(const std::string&) override { return nullptr; }

 private:
  explore::Run& run_;
  ledger::Ledger& behind_;
  seam::Atomic<bool> tidies_{false};
};

}  // namespace

TEST_CASE("explored: no unit of work begins while the ledger tidies up") {
  const auto body = [](explore::Run& run) {
    rig::Shelf shelf(rig::Store::memory);
    WatchedLedger watched(run, shelf.ledger());
    bank::CommitQueue queue(watched, [] {});
    for (const int number : {1, 2}) {
      run.spawn("member", [&queue, number] {
        queue.commit([number](ledger::UnitOfWork& unit) { unit.store_tombstone(number, "k", 1); });
      });
    }
    run.go();
    run.check(queue.commits() == 2, "both changes are committed");
  };
  const auto bounded = explore::exhaustive({.most_runs = 400, .preemptions = 2}, body);
  CHECK_MESSAGE(!bounded.failure, bounded.text());
}
