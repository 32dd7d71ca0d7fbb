#pragma once

#include "server/bank/transaction.hpp"

namespace server {

/// The textbook's process_request: pushes the cleanup of the request buffer, dispatches on the
/// type, sends the response, frees the buffer. The transaction's own thread; full of cancellation
/// points.
void process_request(bank::Transaction& txn);

}  // namespace server
