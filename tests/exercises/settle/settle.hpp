#pragma once

#include "server/bank/transactions.hpp"

namespace bank {

/// SETTLE account to amount: evens out two accounts. Moves half of their difference, but at most
/// the amount, from the richer to the poorer one. Returns the balance of `account` then. If there
/// is nothing to move, stores nothing. It has no key: a key is bound to the accounts and the amount
/// of a transfer, which are not known before the balances are read.
Reply settle(Transaction& txn);

}  // namespace bank
