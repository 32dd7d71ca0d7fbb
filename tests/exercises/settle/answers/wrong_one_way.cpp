// Wrong: the money can only go from the first account to the second.
// Says: The second account is the richer one
#include <algorithm>

#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "settle.hpp"

namespace bank {

Reply settle(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  AccountLocks locks(txn, asked.account, asked.to);
  ledger::Account one = retrieve(txn, asked.account);
  ledger::Account other = retrieve(txn, asked.to);
  point(Point::retrieved);
  authorize(txn, one);
  refuse_frozen(other);
  point(Point::authorized);
  ledger::Account& richer = one;
  ledger::Account& poorer = other;
  if (one.balance < other.balance) return Reply::integer(one.balance);
  const ledger::Cents amount = std::min(asked.amount, (richer.balance - poorer.balance) / 2);
  if (amount == 0) return Reply::integer(one.balance);
  debit(richer, amount);
  credit(poorer, amount);
  point(Point::modified);
  ledger::Posting posting = posting_of(txn, ledger::Kind::transfer, richer, poorer, one.balance);
  posting.amount = amount;
  point_of_no_return(txn);
  store(txn, posting);
  locks.unlock();
  point(Point::unlocked);
  return Reply::integer(one.balance);
}

}  // namespace bank
