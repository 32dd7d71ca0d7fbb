#pragma once

/// A ledger for runs under the scheduler. Each call is one step, which accesses the rows that the
/// call reads or changes. No other thread runs during a call, as if one mutex guarded the ledger
/// (in memory one does). So no order is left out, and two calls on different rows, or two that only
/// read, need not run in both orders.
///
/// It also checks its callers: a thread that pthread_cancel could interrupt must not call it, a
/// request that can still be cancelled must not change it, and only one thread may write at a time.

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/db/memory/memory_ledger.hpp"

namespace interleavings {

/// For judges: while it lives, the calling thread makes no steps.
class Unscheduled {
 public:
  Unscheduled() : before_(std::exchange(seam::scheduler, nullptr)) {}
  ~Unscheduled() { seam::scheduler = before_; }
  Unscheduled(const Unscheduled&) = delete;
  Unscheduled& operator=(const Unscheduled&) = delete;

 private:
  seam::Scheduler* const before_;
};

class ExploredLedger final : public ledger::Ledger {
 public:
  /// Calls `fail` with the rule that a caller breaks.
  ExploredLedger(std::unique_ptr<ledger::Ledger> behind, std::function<void(const char*)> fail)
      : behind_(std::move(behind)), fail_(std::move(fail)) {}

  /// For judges: calls to it are not steps.
  ledger::Ledger& behind() { return *behind_; }
  std::size_t units() const { return units_; }
  /// Has the disk refuse the commit of that number, counted from now: 1 is the next.
  void refuse_commit(std::int64_t number) { refused_in_ = number; }

  std::unique_ptr<ledger::UnitOfWork> begin() override;
  std::int64_t start_number() const override { return behind_->start_number(); }
  std::optional<ledger::Account> account(ledger::AccountId id) override;
  ledger::AccountId last_account() override;
  std::optional<ledger::Pin> pin(ledger::AccountId id) override;
  std::optional<ledger::KeyRecord> key(ledger::AccountId account, std::string_view key) override;
  std::optional<ledger::Transfer> transfer(ledger::TransferId id) override;
  std::optional<ledger::Transfer> reversal_of(ledger::TransferId id) override;
  std::vector<ledger::Transfer> history(ledger::AccountId id, ledger::TransferId before,
                                        std::int64_t limit) override;
  void tidy() override;
  std::unique_ptr<ledger::Audit> audit() override;
  std::unique_ptr<ledger::Scan> backup(const std::string& path) override;
  std::string version() const override { return behind_->version(); }

 private:
  friend class ExploredUnit;
  /// A row as an object of the scheduler. Rows are kept, so that their numbers do not change.
  using Row = const void*;
  Row row(const std::string& name);
  Row account_row(ledger::AccountId id) { return row("account " + std::to_string(id)); }
  Row key_row(ledger::AccountId account, std::string_view key);
  Row transfer_row(ledger::TransferId id) { return row("transfer " + std::to_string(id)); }
  /// One row for all reversals: a reader of a key does not know beforehand whose reversal it names.
  Row reversals_row() { return row("reversals"); }

  /// Makes one step that accesses these rows, then runs `call` without the scheduler. Every unit of
  /// work also accesses the row "unit".
  template <typename Call>
  auto step(const std::vector<Row>& rows, seam::Access how, const Call& call) const;
  void watch() const;
  void watch_change() const;

  const std::unique_ptr<ledger::Ledger> behind_;
  const std::function<void(const char*)> fail_;
  std::size_t units_ = 0;
  std::int64_t refused_in_ = 0;
  std::set<std::string> rows_;  // the scheduler knows them by address
};

}  // namespace interleavings
