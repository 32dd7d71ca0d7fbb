#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// AUDIT
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

}  // namespace bank
