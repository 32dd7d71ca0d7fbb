#pragma once

#include "server/bank/transaction.hpp"

namespace bank {

/// The textbook's process_request: pushes the cleanup of the request buffer, dispatches on the
/// type, sends the response, frees the buffer. The transaction's own thread; full of cancellation
/// points.
void process_request(Transaction& txn);

}  // namespace bank
