#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/transactions.hpp"

namespace bank {
namespace {

/// In the order of the operations.
constexpr auto bodies =
    std::to_array<Reply (*)(Transaction&)>({create, deposit, withdraw, transfer, balance, history,
                                            reverse, passwd, audit, backup, unknown});
static_assert(bodies.size() == static_cast<std::size_t>(Operation::unknown) + 1);

/// Runs the body. Returns its reply, or that of its refusal; it has released all but the buffer.
/// A cancel is neither a refusal nor an error, so it passes through.
Reply run_body(Transaction& txn) {
  try {
    return bodies[static_cast<std::size_t>(txn.arguments().operation)](txn);
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
