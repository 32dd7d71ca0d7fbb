#include "server/bank/process_request.hpp"

#include "server/bank/refusals.hpp"
#include "server/bank/scans.hpp"
#include "server/bank/transactions.hpp"

namespace bank {
namespace {

Reply dispatch(Transaction& txn) {
  switch (txn.arguments().operation) {
    case Operation::create:
      return create(txn);
    case Operation::deposit:
      return deposit(txn);
    case Operation::withdraw:
      return withdraw(txn);
    case Operation::transfer:
      return transfer(txn);
    case Operation::balance:
      return balance(txn);
    case Operation::history:
      return history(txn);
    case Operation::reverse:
      return reverse(txn);
    case Operation::passwd:
      return passwd(txn);
    case Operation::audit:
      return audit(txn);
    case Operation::backup:
      return backup(txn);
    default:
      return unknown(txn);
  }
}

/// The reply to an error that the body did not expect: the ledger could not be read.
Reply failed(Transaction& txn, const std::exception& error) {
  using cancel::Stage;
  // COMMIT has failed, and then the telling of it.
  if (txn.stage() == Stage::unknown) return refusals::unknown_outcome();
  // Past the point of no return, but nothing was given to the store.
  if (txn.stage() == Stage::committing) txn.record_outcome(Stage::answered);
  return refusals::store_failed(error);
}

/// The answer, whether the body returned it or refused. By now it has let go of all but the buffer.
/// A cancel passes through here: it is neither a refusal nor an error.
Reply answer_of(Transaction& txn) {
  try {
    return dispatch(txn);
  } catch (const Refusal& refusal) {
    return refusal.reply();
  } catch (const std::exception& error) {
    return failed(txn, error);
  }
}

/// What has not been through the store has still to be decided: told, or cancelled.
bool undecided(const Transaction& txn) {
  const cancel::Stage stage = txn.stage();
  return stage == cancel::Stage::running || stage == cancel::Stage::cancelling;
}

}  // namespace

void process_request(Transaction& txn) {
  const cancel::Cleanup buffer(
      txn, {"free request buffer"},
      [](void* owner) noexcept { static_cast<Transaction*>(owner)->free_buffer(); }, &txn);
  point(Point::started);
  const Reply answer = answer_of(txn);
  if (undecided(txn)) {
    point(Point::answering);
    txn.close_to_cancels();  // from here on no cancel can win
  }
  txn.reply(answer);
  point(Point::replied);
}

}  // namespace bank
