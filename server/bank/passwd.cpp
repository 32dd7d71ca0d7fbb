#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// PASSWD account pin. The session that changes its own PIN stays logged in; all others of the
/// account must log in again.
Reply passwd(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  const std::string hash = txn.bank().pins.hash(txn, asked.pin);
  AccountLock lock(txn, asked.account);
  const ledger::Account account = retrieve(txn, asked.account);
  point(Point::retrieved);
  authorize(txn, account);
  point(Point::authorized);
  point(Point::modified);
  point_of_no_return(txn);
  store_pin(txn, account, hash);
  lock.unlock();
  point(Point::unlocked);
  return Reply::ok();
}

}  // namespace bank
