#pragma once

/// The common part of the operator's long reads, AUDIT and BACKUP.

#include <memory>
#include <string_view>

#include "server/bank/points.hpp"
#include "server/bank/transaction.hpp"

namespace bank {

/// Runs the scan to its end, with a cancellation point before each batch. `cleanup` names the entry
/// on the cleanup stack that destroys the scan. The transaction's own thread. Blocks for the disk.
/// Throws what the scan throws.
template <typename Scan>
void run_scan(Transaction& txn, std::unique_ptr<Scan>& scan, std::string_view cleanup) {
  cancel::Cleanup destroy(
      txn, {cleanup},
      [](void* held) noexcept { static_cast<std::unique_ptr<Scan>*>(held)->reset(); }, &scan);
  const ledger::KeepGoing keep_going = [&txn] { return txn.stage() == cancel::Stage::running; };
  do {
    point(Point::scanning);
  } while (scan->next(keep_going));
  destroy.pop(false);
}

}  // namespace bank
