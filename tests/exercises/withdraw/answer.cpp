#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// WITHDRAW account amount [KEY key] [TIMEOUT ms]: takes the amount out of the account and returns
/// the new balance. The money goes to the vault (`the_vault`).
Reply withdraw(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);

  // Write the rest here. server/bank/balance.cpp shows how a body reads an account.

  return Reply::integer(asked.amount);
}

}  // namespace bank
