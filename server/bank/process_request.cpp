#include "server/bank/process_request.hpp"

#include "server/bank/refusals.hpp"
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
    case Operation::unknown:
      break;
  }
  return unknown(txn);
}

/// The reply, whether the body returned it or refused. The body has released all but the buffer.
/// A cancel is neither a refusal nor an error, so it passes through.
Reply run_body(Transaction& txn) {
  try {
    return dispatch(txn);
  } catch (const Refusal& refusal) {
    return refusal.reply();
  } catch (const std::exception& error) {
    return refusals::store_failed(error);  // the ledger could not be read
  }
}

/// Whether a cancel can still win: the store has decided nothing.
bool is_cancellable(const Transaction& txn) {
  const cancel::Stage stage = txn.stage();
  return stage == cancel::Stage::running || stage == cancel::Stage::cancelling;
}

}  // namespace

void process_request(Transaction& txn) {
  const cancel::Cleanup buffer(
      txn, {"free request buffer"},
      [](void* owner) noexcept { static_cast<Transaction*>(owner)->free_buffer(); }, &txn);
  point(Point::started);
  const Reply reply = run_body(txn);
  if (is_cancellable(txn)) {
    point(Point::answering);
    txn.close_to_cancels();  // from here on no cancel can win
  }
  txn.reply(reply);
  point(Point::replied);
}

}  // namespace bank
