#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

/// CREATE pin [BALANCE amount] [KEY key]
Reply create(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  ledger::Opening opening;
  opening.pin_hash = txn.bank().pins.hash(txn, asked.pin);
  opening.balance = asked.amount;
  if (asked.claims_key()) opening.claim = asked.claim();
  opening.time = seam::wall_clock();
  point(Point::modified);
  point_of_no_return(txn);
  const ledger::AccountId account = store(txn, opening);
  point(Point::unlocked);  // there was no mutex: no other transaction knew the account
  return Reply::integer(account);
}

}  // namespace bank
