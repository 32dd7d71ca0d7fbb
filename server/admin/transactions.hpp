#pragma once

/// The operator's transactions: long reads, each on a thread of its own, listed and cancelled like
/// any other. For the transaction's own thread.

#include "server/bank/transaction.hpp"

namespace admin {

/// AUDIT → accounts, transfers, violations.
bank::Reply audit(bank::Transaction& txn);
/// BACKUP path → +OK.
bank::Reply backup(bank::Transaction& txn);

}  // namespace admin
