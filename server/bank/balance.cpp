#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// BALANCE account [TIMEOUT ms]
Reply balance(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  AccountLock lock(txn, asked.account);
  const ledger::Account account = retrieve(txn, asked.account);
  point(Point::retrieved);
  authorize(txn, account);
  point(Point::authorized);
  lock.unlock();
  return Reply::integer(account.balance);
}

}  // namespace bank
