// Wrong: unlocks the account before the new balance is stored.
// Says: used a balance that the other one was about to change
#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

Reply withdraw(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  AccountLock lock(txn, asked.account);
  ledger::Account account = retrieve(txn, asked.account);
  point(Point::retrieved);
  authorize(txn, account);
  point(Point::authorized);
  debit(account, asked.amount);
  point(Point::modified);
  point_of_no_return(txn);
  lock.unlock();
  store(txn, posting_of(txn, ledger::Kind::withdraw, account, the_vault, account.balance));
  point(Point::unlocked);
  return Reply::integer(account.balance);
}

}  // namespace bank
