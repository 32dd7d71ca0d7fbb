#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {
namespace {

/// Returns the transfer that was committed under the key; refuses if there is none.
ledger::Transfer committed_under_key(const Transaction& txn, const Arguments& asked) {
  Bank& bank = txn.bank();
  if (bank.keys.find(asked.account, asked.key)) throw Refusal(refusals::in_progress(asked.key));
  retrieve_durable(txn, asked.account);
  const auto row = bank.ledger.key(asked.account, asked.key);
  if (row && row->cancelled) throw Refusal(refusals::cancelled_key_to_reverse(asked.key));
  if (!row && bank.commits.closed()) throw Refusal(refusals::unknown_outcome());
  const auto transfer = row ? bank.ledger.transfer(row->transfer) : std::nullopt;
  if (!transfer) throw Refusal(refusals::nothing_to_reverse(asked.key));
  return *transfer;
}

ledger::Cents balance_of(const ledger::Transfer& transfer, ledger::AccountId account) {
  return transfer.debit == account ? transfer.debit_balance : transfer.credit_balance;
}

/// Retrieves one party of the transfer; the vault is no account of the ledger.
ledger::Account party(Transaction& txn, ledger::AccountId id) {
  return id == ledger::vault ? the_vault : retrieve(txn, id);
}

}  // namespace

/// REVERSE account key: stores a transfer that undoes the one committed under the key, linked to
/// it.
Reply reverse(Transaction& txn) {
  const Arguments& asked = check(txn);
  const ledger::Transfer undone = committed_under_key(txn, asked);
  txn.also_touch(undone.debit == asked.account ? undone.credit : undone.debit);
  point(Point::checked);
  AccountLocks locks(txn, undone.debit, undone.credit);
  ledger::Account from = party(txn, undone.credit);
  ledger::Account to = party(txn, undone.debit);
  // A reversal that is ordered and not durable changed both accounts, and the ledger does not show
  // it yet.
  await_durable(txn);
  if (const auto first = txn.bank().ledger.reversal_of(undone.id)) {
    throw Refusal(Reply::integer(balance_of(*first, asked.account)));
  }
  point(Point::retrieved);
  authorize(txn, from);
  authorize(txn, to);
  point(Point::authorized);
  if (from.id != ledger::vault) debit(from, undone.amount);
  if (to.id != ledger::vault) credit(to, undone.amount);
  point(Point::modified);
  const ledger::Cents answer = asked.account == from.id ? from.balance : to.balance;
  ledger::Posting posting = posting_of(txn, ledger::Kind::reverse, from, to, answer);
  posting.amount = undone.amount;
  posting.reverses = undone.id;
  point_of_no_return(txn);
  store(txn, posting);
  locks.unlock();
  point(Point::unlocked);
  return Reply::integer(answer);
}

}  // namespace bank
