#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// DEPOSIT account amount [KEY key] [TIMEOUT ms]. The numbers are the textbook's steps; a cancel is
/// honoured at each point down to `modified`, and during the wait for the mutex.
Reply deposit(Transaction& txn) {
  const Arguments& asked = check(txn);  // 4 parse the arguments, 5 check them
  point(Point::checked);

  AccountLock lock(txn, asked.account);                    // 6 lock the account's mutex
  ledger::Account account = retrieve(txn, asked.account);  // 7 retrieve the account
  point(Point::retrieved);

  authorize(txn, account);  // 8 check the access
  point(Point::authorized);

  credit(account, asked.amount);  // 9 add the amount
  point(Point::modified);

  point_of_no_return(txn);  // ─── cancellation is disabled from here on ───

  store(txn, posting_of(txn, ledger::Kind::deposit, the_vault, account, account.balance));  // 10

  lock.unlock();  // 11 unlock
  point(Point::unlocked);

  return Reply::integer(account.balance);  // process_request: 12 respond, 13 free the buffer
}

}  // namespace bank
