#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/transactions.hpp"
#include "server/seam/scope_exit.hpp"

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
  txn.push_buffer();
  bool sealed = false;
  const seam::ScopeExit unwound([&] {
    if (!sealed) txn.pop_buffer();
  });
  point(Point::started);
  Reply reply = run_body(txn);
  if (is_cancellable(txn)) {
    point(Point::answering);
    txn.close_to_cancels();  // from here on no cancel can win
  }
  sealed = true;
  txn.seal(std::move(reply));  // 12, 13: now, or once everything that the reply rests on is durable
}

}  // namespace bank
