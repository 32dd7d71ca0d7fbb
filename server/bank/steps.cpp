#include "server/bank/steps.hpp"

#include "server/bank/keys.hpp"
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
      // The refusal keeps the body from authorize(), which checks this otherwise.
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
  txn.point_of_no_return();  // from here on no cancel can win; the stage is `committing`
  point(Point::committing);
}

void store(Transaction& txn, const CommitQueue::Store& change) {
  seam::require(txn.stage() == cancel::Stage::committing,
                "a transaction stores only after its point of no return");
  const auto end_and_refuse = [&txn](cancel::Stage stage, Reply reply) {
    txn.record_outcome(stage);
    throw Refusal(std::move(reply));
  };
  try {
    txn.bank().commits.commit(change);
  } catch (const ledger::OutcomeUnknown&) {
    end_and_refuse(cancel::Stage::unknown, refusals::unknown_outcome());
  } catch (const ledger::KeyTaken& taken) {
    end_and_refuse(cancel::Stage::answered, reply_from_row(taken.record, txn.arguments().claim()));
  } catch (const std::exception& error) {
    end_and_refuse(cancel::Stage::answered, refusals::store_failed(error));
  }
  txn.record_outcome(cancel::Stage::committed);
  const Arguments& asked = txn.arguments();
  const bool opens_with_money = asked.operation == Operation::create && asked.amount > 0;
  if (moves_money(asked.operation) || opens_with_money) txn.bank().counters.money_commits.add(1);
  point(Point::committed);
}

void store(Transaction& txn, const ledger::Posting& posting) {
  store(txn, [&posting](ledger::UnitOfWork& unit) { unit.store(posting); });
}

ledger::Posting posting_of(const Transaction& txn, ledger::Kind kind, const ledger::Account& from,
                           const ledger::Account& to, ledger::Cents reply) {
  const Arguments& asked = txn.arguments();
  return {.kind = kind,
          .debit = from.id,
          .credit = to.id,
          .amount = asked.amount,
          .debit_after = from.balance,
          .credit_after = to.balance,
          .claim = asked.claims_key() ? std::optional(asked.claim()) : std::nullopt,
          .reply = reply,
          .time = seam::wall_clock()};
}

}  // namespace bank
