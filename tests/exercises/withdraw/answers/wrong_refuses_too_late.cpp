// Wrong: checks the funds after the point of no return.
// Says: came after the point of no return
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
  point(Point::modified);
  point_of_no_return(txn);
  debit(account, asked.amount);
  store(txn, posting_of(txn, ledger::Kind::withdraw, account, the_vault, account.balance));
  lock.unlock();
  point(Point::unlocked);
  return Reply::integer(account.balance);
}

}  // namespace bank
