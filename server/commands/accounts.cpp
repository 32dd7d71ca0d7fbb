#include "server/commands/accounts.hpp"

#include <algorithm>

#include "server/bank/refusals.hpp"
#include "server/commands/countdown.hpp"

namespace commands {
namespace {

using bank::Reply;

/// Stores one change to an account; +OK, or why not.
Reply change(bank::Bank& bank, ledger::AccountId account, const bank::CommitQueue::Store& store) {
  try {
    if (!bank.ledger.account(account)) {
      return Reply::error(bank::Code::no_account, "there is no account " + std::to_string(account));
    }
    bank.commits.commit(store);
    return Reply::ok();
  } catch (const ledger::OutcomeUnknown&) {
    return Reply::error(bank::Code::unknown,
                        "the outcome is not known yet; look again after the restart");
  } catch (const std::exception& error) {
    return Reply::error(bank::Code::store,
                        std::string("nothing was changed; try again: ") + error.what());
  }
}

/// Cancels what runs on the account; +OK once nothing of it is in flight.
void cancel_all_of(bank::Bank& bank, ledger::AccountId account, const Answer& answer) {
  const auto all_gone =
      std::make_shared<Countdown>([answer](std::int64_t) { answer(Reply::ok()); });
  // The youngest first: who waits for a mutex is cancelled before its owner lets go of it.
  auto in_flight = bank.transactions.all();
  std::reverse(in_flight.begin(), in_flight.end());
  for (const auto& txn : in_flight) {
    if (!txn->touches(account)) continue;
    all_gone->expect();
    txn->when_gone([all_gone] { all_gone->arrive(true); });
    txn->cancel(
        order_of(bank::Reason::freeze, "account " + std::to_string(account) + " was frozen"),
        [](cancel::Verdict) {});
  }
  all_gone->arrive(false);
}

}  // namespace

void freeze(bank::Bank& bank, ledger::AccountId account, const Answer& answer) {
  const Reply stored = change(
      bank, account, [account](ledger::UnitOfWork& unit) { unit.set_frozen(account, true); });
  if (stored.as_error() != nullptr) return answer(stored);
  try {
    cancel_all_of(bank, account, answer);
  } catch (const std::exception& error) {
    // The mark is durable all the same; what runs could not all be told of it.
    answer(Reply::error(
        bank::Code::busy,
        "account " + std::to_string(account) +
            " is frozen, but what runs on it may go on; freeze it again: " + error.what()));
  }
}

Reply unfreeze(bank::Bank& bank, ledger::AccountId account) {
  return change(bank, account,
                [account](ledger::UnitOfWork& unit) { unit.set_frozen(account, false); });
}

Reply unlock(bank::Bank& bank, ledger::AccountId account) {
  return change(bank, account,
                [account](ledger::UnitOfWork& unit) { unit.clear_attempts(account); });
}

}  // namespace commands
