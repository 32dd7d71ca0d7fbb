#pragma once

/// The operator's transactions: long reads, each on a thread of its own, listed and cancelled like
/// any other. For the transaction's own thread.

#include "server/bank/transaction.hpp"

namespace bank {

/// AUDIT → accounts, transfers, violations.
Reply audit(Transaction& txn);
/// BACKUP path → +OK.
Reply backup(Transaction& txn);

}  // namespace bank
