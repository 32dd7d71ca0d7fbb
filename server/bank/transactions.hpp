#pragma once

/// The bodies of the bank's transactions, one file each. Each is for the transaction's own thread,
/// passes the points the table names, and either returns the answer or throws a Refusal; a cancel
/// unwinds it. On return of one that writes, the change is durable.

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
/// A command nobody knows: always a refusal.
Reply unknown(Transaction& txn);

}  // namespace bank
