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
      throw Refusal(reply_from_row(txn.bank(), *row, asked.claim()));
    }
  }
  return asked;
}

Reply no_account(const Bank& bank, ledger::AccountId id) {
  if (id != ledger::vault && bank.commits.closed()) return refusals::unknown_outcome();
  return refusals::no_such_account(id);
}

ledger::Account retrieve(Transaction& txn, ledger::AccountId id) {
  if (id != ledger::vault) {
    txn.rests_on().read_in(txn.bank().commits.epoch());
    if (const auto row = txn.bank().accounts.load(id)) {
      txn.rests_on().add(row->batch);
      return row->account;
    }
  }
  throw Refusal(no_account(txn.bank(), id));
}

ledger::Account retrieve_durable(const Transaction& txn, ledger::AccountId id) {
  if (id != ledger::vault) {
    if (const auto account = txn.bank().ledger.account(id)) return *account;
  }
  throw Refusal(no_account(txn.bank(), id));
}

void await_durable(Transaction& txn) {
  // A cancel may end the wait before the disk does; the callback must not outlive what it uses.
  const auto decided = std::make_shared<bool>(false);
  const auto wake = [decided, self = txn.shared_from_this()] {
    self->wake([&] { *decided = true; });
  };
  if (txn.bank().commits.when_decided(txn.rests_on(), wake).is_pending) {
    txn.wait_until([&] { return *decided; }, "commit", 0);
  }
  // The reply is that of what was lost; see Transaction::settle().
  if (txn.rests_on().lost()) throw Refusal(refusals::unknown_outcome());
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

namespace {

/// Puts the change into the commit order.
void order(Transaction& txn, const Batch::Change& change, const CommitOrder::Apply& apply) {
  seam::require(txn.stage() == cancel::Stage::committing,
                "a transaction stores only after its point of no return");
  const auto refuse = [&txn](Reply reply) {
    txn.record_outcome(cancel::Stage::answered);
    throw Refusal(std::move(reply));
  };
  CommitOrder::Place place;
  try {
    place = txn.bank().commits.order(txn.rests_on(), change, apply);
  } catch (const KeyOrdered& taken) {
    txn.rests_on().add(taken.batch);
    refuse(reply_from_row(txn.bank(), taken.record, txn.arguments().claim()));
  } catch (const ledger::OutcomeUnknown&) {
    refuse(refusals::unknown_outcome());
  } catch (const std::exception& error) {
    refuse(refusals::store_failed(error));
  }
  txn.ordered(place);
  point(Point::ordered);
}

/// Gives the key its row, if the change claims one.
void order_key(Bank& bank, const std::optional<ledger::Claim>& claim, std::int64_t reply,
               ledger::Time time, const BatchRef& batch) {
  if (!claim) return;
  ledger::KeyRecord record;
  record.claim = *claim;
  record.reply = reply;
  record.time = time;
  bank.keys.order(record, batch);
}

void order_balance(Bank& bank, ledger::AccountId id, ledger::Cents after, const BatchRef& batch) {
  if (id == ledger::vault) return;
  bank.accounts.change(
      id, [after](ledger::Account& account) { account.balance = after; }, batch);
}

}  // namespace

void store(Transaction& txn, const ledger::Posting& posting) {
  order(
      txn, [posting](ledger::UnitOfWork& unit) { unit.store(posting); },
      [&](const BatchRef& batch) {
        order_key(txn.bank(), posting.claim, posting.reply, posting.time, batch);
        order_balance(txn.bank(), posting.debit, posting.debit_after, batch);
        order_balance(txn.bank(), posting.credit, posting.credit_after, batch);
      });
}

ledger::AccountId store(Transaction& txn, const ledger::Opening& opening) {
  const auto numbered = std::make_shared<ledger::Opening>(opening);
  order(
      txn, [numbered](ledger::UnitOfWork& unit) { unit.create(*numbered); },
      [&](const BatchRef& batch) {
        numbered->id = txn.bank().accounts.next_number();
        order_key(txn.bank(), numbered->claim, numbered->id, numbered->time, batch);
        txn.bank().accounts.take_number();
      });
  return numbered->id;
}

void store_pin(Transaction& txn, const ledger::Account& account, const std::string& hash) {
  const ledger::AccountId id = account.id;
  const std::int64_t version = account.pin_version + 1;
  order(
      txn,
      [id, version, hash](ledger::UnitOfWork& unit) {
        if (unit.set_pin(id, hash) == version) return;
        throw ledger::Contradiction("the version of the PIN does not match");
      },
      [&](const BatchRef& batch) {
        txn.bank().accounts.change(
            id, [version](ledger::Account& row) { row.pin_version = version; }, batch);
      });
  txn.when_durable([&txn, id, version] {
    txn.bank().pin_versions.set(id, version);
    if (txn.session().role == Role::customer) txn.session().pin_version = version;
  });
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
