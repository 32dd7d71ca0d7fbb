#pragma once

/// The bodies of the bank's transactions, one file each, and process_request(), which runs them.
///
/// A body runs on the transaction's own thread, passes the points that the table names
/// (points.hpp), and returns the reply or throws a Refusal. A cancel unwinds it. When one that
/// writes returns, its change is in the commit order; the reply is sent once that is durable.

#include "server/bank/transaction.hpp"

namespace bank {

Reply create(Transaction& txn);
Reply deposit(Transaction& txn);
Reply withdraw(Transaction& txn);
Reply transfer(Transaction& txn);
Reply balance(Transaction& txn);
Reply history(Transaction& txn);
Reply reverse(Transaction& txn);
Reply passwd(Transaction& txn);
Reply audit(Transaction& txn);
Reply backup(Transaction& txn);
/// Refuses a command that does not exist.
Reply unknown(Transaction& txn);

/// The textbook's process_request: pushes the cleanup of the request buffer, runs the body of the
/// operation, and seals the reply. The reply is sent and the buffer freed at once, or by the thread
/// that commits what the reply rests on. The transaction's own thread, which does nothing more with
/// the transaction afterwards. Blocks for account mutexes; passes cancellation points, at which it
/// does not return if a cancel has won.
void process_request(Transaction& txn);

}  // namespace bank
