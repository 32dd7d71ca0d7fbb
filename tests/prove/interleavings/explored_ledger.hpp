#pragma once

/// A ledger, as a scheduler should see it: each call is one step, which reads or changes those rows
/// that it reads or changes. Inside a call nobody else can run, as if the ledger had one mutex for
/// all (the one in memory has); so nothing is left out, and two calls about different rows, or that
/// only read, need not be run in both orders.
///
/// It also watches how it is used: no call may come from a thread that a pthread_cancel could
/// strike, and nothing is changed by a request that could still be cancelled.

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "db/memory/memory_ledger.hpp"

namespace interleavings {

/// For who judges: while it lives, the calling thread asks no scheduler.
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
  /// `fail` is called with a rule that the caller has broken.
  ExploredLedger(std::unique_ptr<ledger::Ledger> behind, std::function<void(const char*)> fail)
      : behind_(std::move(behind)), fail_(std::move(fail)) {}

  /// Without a step: for who judges.
  ledger::Ledger& behind() { return *behind_; }
  std::size_t units() const { return units_; }

  std::unique_ptr<ledger::UnitOfWork> begin() override;
  std::int64_t start_number() const override { return behind_->start_number(); }
  std::optional<ledger::Account> account(ledger::AccountId id) override;
  std::optional<ledger::Pin> pin(ledger::AccountId id) override;
  std::optional<ledger::KeyRecord> key(ledger::AccountId account, std::string_view key) override;
  std::optional<ledger::Transfer> transfer(ledger::TransferId id) override;
  std::optional<ledger::Transfer> reversal_of(ledger::TransferId id) override;
  std::vector<ledger::Transfer> history(ledger::AccountId id, ledger::TransferId before,
                                        std::int64_t limit) override;
  void tidy() override {}
  std::unique_ptr<ledger::Audit> audit() override;
  std::unique_ptr<ledger::Scan> backup(const std::string& path) override;
  std::string version() const override { return behind_->version(); }

 private:
  friend class ExploredUnit;
  /// A row, as an object of the scheduler's. Rows are never forgotten: their numbers stay.
  using Row = const void*;
  Row row(const std::string& name);
  Row account_row(ledger::AccountId id) { return row("account " + std::to_string(id)); }
  Row key_row(ledger::AccountId account, std::string_view key);
  Row transfer_row(ledger::TransferId id) { return row("transfer " + std::to_string(id)); }
  /// One row for all: a key's row names the reversal of its transfer, which is not known before.
  Row reversals_row() { return row("reversals"); }

  /// One step that touches these rows; then `call`, with no scheduler to ask. Every unit of work
  /// also touches the row "unit".
  template <typename Call>
  auto step(const std::vector<Row>& rows, seam::Access how, const Call& call) const;
  void watch() const;
  void watch_change() const;

  const std::unique_ptr<ledger::Ledger> behind_;
  const std::function<void(const char*)> fail_;
  std::size_t units_ = 0;
  std::set<std::string> rows_;  // their addresses are the objects
};

}  // namespace interleavings
