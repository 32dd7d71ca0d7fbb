#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// TRANSFER from to amount [KEY key] [TIMEOUT ms]
Reply transfer(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  AccountLocks locks(txn, asked.account, asked.to);
  ledger::Account from = retrieve(txn, asked.account);
  ledger::Account to = retrieve(txn, asked.to);
  point(Point::retrieved);
  authorize(txn, from);
  refuse_frozen(to);
  point(Point::authorized);
  debit(from, asked.amount);
  credit(to, asked.amount);
  point(Point::modified);
  point_of_no_return(txn);
  store(txn, posting_of(txn, ledger::Kind::transfer, from, to, from.balance));
  locks.unlock();
  point(Point::unlocked);
  return Reply::integer(from.balance);
}

}  // namespace bank
