// Wrong: has no cancellation point once it owns the mutex.
// Says: does not pass the points
#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

Reply withdraw(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  AccountLock lock(txn, asked.account);
  ledger::Account account = retrieve(txn, asked.account);
  authorize(txn, account);
  debit(account, asked.amount);
  point_of_no_return(txn);
  store(txn, posting_of(txn, ledger::Kind::withdraw, account, the_vault, account.balance));
  lock.unlock();
  point(Point::unlocked);
  return Reply::integer(account.balance);
}

}  // namespace bank
