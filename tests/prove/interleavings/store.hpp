#pragma once

/// The ledger of a run and its contents when the run begins.

#include <memory>
#include <optional>

#include "tests/db/folder.hpp"
#include "tests/db/memory/memory_ledger.hpp"

namespace interleavings {

/// The place of the ledger. Opening it again is a restart.
class Store {
 public:
  explicit Store(bool sqlite) : sqlite_(sqlite) {}
  std::unique_ptr<ledger::Ledger> open();
  /// Has the COMMIT of that number fail, counted from now: 1 is the next. In memory only.
  void fail_commit(std::int64_t number, ledger::CommitFailure how) {
    disk_->fail_commit(how, static_cast<int>(number - 1));
  }

 private:
  const bool sqlite_;
  std::optional<Folder> folder_;
  std::shared_ptr<ledger::MemoryDisk> disk_ = std::make_shared<ledger::MemoryDisk>();
};

/// Stores the accounts and transfers that plan.hpp describes.
void furnish(ledger::Ledger& ledger);
inline constexpr ledger::TransferId furnished = 6;  // transfers

}  // namespace interleavings
