#include "server/commands/accounts.hpp"

#include "server/bank/refusals.hpp"
#include "server/bank/steps.hpp"
#include "server/commands/countdown.hpp"
#include "server/commands/txn.hpp"

namespace commands {
namespace {

using bank::Reply;

/// Makes one change to an account durable. Returns the reply. `apply` is that of
/// bank::CommitOrder::order().
Reply change(bank::Bank& bank, ledger::AccountId account, const bank::Batch::Change& store,
             const bank::CommitOrder::Apply& apply = {}) {
  try {
    const bank::AccountTable::Use use(bank.accounts, account);
    bank::RestsOn rests_on;
    rests_on.read_in(bank.commits.epoch());
    const auto row = account == ledger::vault ? std::nullopt : bank.accounts.load(account);
    if (!row) return bank::no_account(bank, account);
    rests_on.add(row->batch);
    bank.commits.commit(store, apply, rests_on);
    return Reply::ok();
  } catch (const ledger::OutcomeUnknown&) {
    return bank::refusals::unknown_outcome();
  } catch (const std::exception& error) {
    return bank::refusals::store_failed(error);
  }
}

Reply set_frozen(bank::Bank& bank, ledger::AccountId account, bool frozen) {
  return change(
      bank, account, [=](ledger::UnitOfWork& unit) { unit.set_frozen(account, frozen); },
      [&, account, frozen](const bank::BatchRef& batch) {
        bank.accounts.change(
            account, [frozen](ledger::Account& row) { row.frozen = frozen; }, batch);
      });
}

}  // namespace

void freeze(bank::Bank& bank, ledger::AccountId account, const Answer& answer) {
  const Reply stored = set_frozen(bank, account, true);
  if (stored.as_error() != nullptr) return answer(stored);
  const auto order =
      order_of(bank::Reason::freeze, "account " + std::to_string(account) + " was frozen");
  const auto all_gone =
      std::make_shared<Countdown>([answer](std::int64_t) { answer(Reply::ok()); });
  for_each_youngest_first(bank, account, [&](const std::shared_ptr<bank::Transaction>& txn) {
    all_gone->expect();
    txn->on_finished([all_gone] { all_gone->arrive(true); });
    txn->cancel(order, [](cancel::Verdict) {});
  });
  all_gone->arrive(false);
}

Reply unfreeze(bank::Bank& bank, ledger::AccountId account) {
  return set_frozen(bank, account, false);
}

/// Also forgets the attempts at an account that does not exist.
Reply unlock(bank::Bank& bank, ledger::AccountId account) {
  bank.unknown_accounts.clear_attempts(account);
  return change(bank, account,
                [account](ledger::UnitOfWork& unit) { unit.clear_attempts(account); });
}

}  // namespace commands
