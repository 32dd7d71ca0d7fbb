#pragma once

/// A ledger with a gate in front of its units of work: while it is shut, the leader of a commit
/// waits there, and the others queue behind it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"

namespace rig {

class GatedLedger final : public ledger::Ledger {
 public:
  explicit GatedLedger(ledger::Ledger& behind) : behind_(behind) {}

  void shut() {
    const seam::Lock lock(mutex_);
    open_ = false;
  }
  void open() {
    const seam::Lock lock(mutex_);
    open_ = true;
    opened_.notify();
  }
  /// Whether a leader waits at the gate.
  bool waited_at() const {
    const seam::Lock lock(mutex_);
    return waiting_;
  }
  /// The number of units begun.
  int begun() const {
    const seam::Lock lock(mutex_);
    return begun_;
  }

  std::unique_ptr<ledger::UnitOfWork> begin() override {
    {
      const seam::Lock lock(mutex_);
      waiting_ = true;
      while (!open_) opened_.wait(mutex_);
      waiting_ = false;
      ++begun_;
    }
    return behind_.begin();
  }

  std::int64_t start_number() const override { return behind_.start_number(); }
  std::optional<ledger::Account> account(ledger::AccountId id) override {
    return behind_.account(id);
  }
  ledger::AccountId last_account() override { return behind_.last_account(); }
  std::optional<ledger::Pin> pin(ledger::AccountId id) override { return behind_.pin(id); }
  std::optional<ledger::KeyRecord> key(ledger::AccountId id, std::string_view key) override {
    return behind_.key(id, key);
  }
  std::optional<ledger::Transfer> transfer(ledger::TransferId id) override {
    return behind_.transfer(id);
  }
  std::optional<ledger::Transfer> reversal_of(ledger::TransferId id) override {
    return behind_.reversal_of(id);
  }
  std::vector<ledger::Transfer> history(ledger::AccountId id, ledger::TransferId before,
                                        std::int64_t limit) override {
    return behind_.history(id, before, limit);
  }
  void tidy() override { behind_.tidy(); }
  std::unique_ptr<ledger::Audit> audit() override { return behind_.audit(); }
  std::unique_ptr<ledger::Scan> backup(const std::string& path) override {
    return behind_.backup(path);
  }
  std::string version() const override { return behind_.version(); }

 private:
  ledger::Ledger& behind_;
  mutable seam::Mutex mutex_;
  seam::Condition opened_;  // one leader at a time waits here
  bool open_ GUARDED_BY(mutex_) = true;
  bool waiting_ GUARDED_BY(mutex_) = false;
  int begun_ GUARDED_BY(mutex_) = 0;
};

}  // namespace rig
