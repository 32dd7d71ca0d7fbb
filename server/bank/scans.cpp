#include "server/bank/scans.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "server/bank/steps.hpp"

namespace bank {
namespace {

/// Runs a scan to its end, with a cancellation point before each batch. What the scan holds (a view
/// of the ledger, a file half written) stands on the cleanup stack under `name`.
template <typename Scan>
void run_scan(Transaction& txn, std::unique_ptr<Scan>& scan, std::string_view name) {
  cancel::Cleanup close(
      txn, {name}, [](void* held) noexcept { static_cast<std::unique_ptr<Scan>*>(held)->reset(); },
      &scan);
  const ledger::KeepGoing keep_going = [&txn] { return txn.stage() == cancel::Stage::running; };
  do {
    point(Point::scanning);
  } while (scan->next(keep_going));
  close.pop(false);
}

/// The copy has its name already, but nobody has been told: a cancel that still wins, here or at
/// `answering`, takes it away again.
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

Reply audit(Transaction& txn) {
  check(txn);
  point(Point::checked);
  std::unique_ptr<ledger::Audit> scan = txn.bank().ledger.audit();
  run_scan(txn, scan, "close snapshot");
  const ledger::AuditReport& found = scan->report();
  return Reply::map({
      {"accounts", Reply::integer(found.accounts)},
      {"transfers", Reply::integer(found.transfers)},
      {"violations", Reply::integer(found.violations)},
  });
}

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
