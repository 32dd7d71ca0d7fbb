#pragma once

#include "server/bank/transaction.hpp"

namespace bank {

/// The textbook's process_request: pushes the cleanup of the request buffer, runs the body of the
/// operation, sends the reply, frees the buffer. The transaction's own thread. Blocks for account
/// mutexes and for the disk; passes cancellation points, at which it does not return if a cancel
/// has won.
void process_request(Transaction& txn);

}  // namespace bank
