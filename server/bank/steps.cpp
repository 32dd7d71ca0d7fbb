#include "server/bank/steps.hpp"

#include "server/bank/key_row.hpp"
#include "server/seam/require.hpp"

namespace bank {

namespace {

void refuse_outdated(const Session& session, const ledger::Account& account) {
  if (session.is_outdated(account)) throw Refusal(refusals::pin_changed(account.id));
}

}  // namespace

const Arguments& check(const Transaction& txn) {
  const Arguments& asked = txn.arguments();
  if (asked.fault) throw Refusal(*asked.fault);
  if (asked.claims_key()) {
    if (const auto row = txn.bank().ledger.key(asked.account, asked.key)) {
      if (const auto account = txn.bank().ledger.account(asked.account)) {
        refuse_outdated(txn.session(), *account);
      }
      throw Refusal(reply_from_row(*row, asked.claim()));
    }
  }
  return asked;
}

ledger::Account retrieve(const Transaction& txn, ledger::AccountId id) {
  if (id != ledger::vault) {
    if (const auto account = txn.bank().ledger.account(id)) return *account;
  }
  throw Refusal(refusals::no_such_account(id));
}

void authorize(const Transaction& txn, const ledger::Account& account) {
  refuse_outdated(txn.session(), account);
  if (moves_money(txn.arguments().operation)) refuse_frozen(account);
}

void refuse_frozen(const ledger::Account& account) {
  if (account.frozen) throw Refusal(refusals::frozen(account.id));
}

void debit(ledger::Account& account, ledger::Cents amount) {
  if (account.balance < amount) throw Refusal(refusals::insufficient_funds(account));
  account.balance -= amount;
}

void credit(ledger::Account& account, ledger::Cents amount) {
  if (account.balance > ledger::largest_balance - amount) {
    throw Refusal(refusals::balance_too_large(account.id));
  }
  account.balance += amount;
}

void point_of_no_return(Transaction& txn) {
  txn.point_of_no_return();  // from here on no cancel can win
  point(Point::committing);
}

namespace {

/// Turns the error of a failed store() into the refusal, and ends the stage to match.
Refusal refused_by_store(Transaction& txn) {
  using cancel::Stage;
  try {
    throw;
  } catch (const ledger::OutcomeUnknown&) {
    txn.record_outcome(Stage::unknown);
    return Refusal(refusals::unknown_outcome());
  } catch (const ledger::KeyTaken& taken) {
    txn.record_outcome(Stage::answered);
    return Refusal(reply_from_row(taken.record, txn.arguments().claim()));
  } catch (const std::exception& error) {
    txn.record_outcome(Stage::answered);
    return Refusal(refusals::store_failed(error));
  }
}

}  // namespace

void store(Transaction& txn, const CommitQueue::Store& change) {
  seam::require(txn.stage() == cancel::Stage::committing,
                "a transaction stores only after its point of no return");
  try {
    txn.bank().commits.commit(change);
  } catch (const std::exception&) {
    throw refused_by_store(txn);
  }
  txn.record_outcome(cancel::Stage::committed);
  if (moves_money(txn.arguments().operation)) txn.bank().counters.money_commits.add(1);
  point(Point::committed);
}

void store(Transaction& txn, const ledger::Posting& posting) {
  store(txn, [&posting](ledger::UnitOfWork& unit) { unit.store(posting); });
}

ledger::Posting posting_of(const Transaction& txn, ledger::Kind kind, const ledger::Account& debit,
                           const ledger::Account& credit, ledger::Cents reply) {
  ledger::Posting posting;
  posting.kind = kind;
  posting.debit = debit.id;
  posting.credit = credit.id;
  posting.amount = txn.arguments().amount;
  posting.debit_after = debit.balance;
  posting.credit_after = credit.balance;
  if (txn.arguments().claims_key()) posting.claim = txn.arguments().claim();
  posting.reply = reply;
  posting.time = seam::wall_clock();
  return posting;
}

}  // namespace bank
