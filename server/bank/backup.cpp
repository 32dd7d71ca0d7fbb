#include <filesystem>
#include <string>
#include <system_error>

#include "server/bank/refusals.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {
namespace {

/// Passes `answering` while the finished copy can still be removed: a cancel that wins here leaves
/// no file behind.
void keep_copy(Transaction& txn, std::string path) {
  cancel::Cleanup remove(
      txn, {"remove backup"},
      [](void* name) noexcept {
        std::error_code ignored;
        std::filesystem::remove(*static_cast<const std::string*>(name), ignored);
      },
      &path);
  point(Point::answering);
  txn.close_to_cancels();
  remove.pop(false);
}

}  // namespace

/// BACKUP path
Reply backup(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  try {
    std::unique_ptr<ledger::Scan> scan = txn.bank().ledger.backup(asked.path);
    run_scan(txn, scan, "remove unfinished backup");
  } catch (const ledger::BadPath& error) {
    throw Refusal(refusals::malformed(error.what()));
  }
  keep_copy(txn, asked.path);
  return Reply::ok();
}

}  // namespace bank
