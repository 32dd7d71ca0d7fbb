#include "server/bank/committer.hpp"

#include <utility>

#include "server/cancel/request.hpp"
#include "server/seam/require.hpp"
#include "server/seam/scope_exit.hpp"

namespace bank {

CommitOrder::Place Committer::order(const RestsOn& rests_on, const Batch::Change& change,
                                    const CommitOrder::Apply& apply) {
  for (;;) {
    CommitOrder::Place place = order_.order(rests_on, change, apply);
    if (!place.is_full) return place;
    await(place.batch);
  }
}

void Committer::commit(const Batch::Change& change, const CommitOrder::Apply& apply,
                       const RestsOn& rests_on) {
  const CommitOrder::Place place = order(rests_on, change, apply);
  const Batch::State state = await(place.batch);
  if (state == Batch::State::durable) return;
  if (state == Batch::State::unknown) throw ledger::OutcomeUnknown("the commit failed");
  throw ledger::StoreFailed(place.batch->why());
}

Batch::State Committer::await(const BatchRef& batch) {
  cancel::Request* const request = cancel::Request::current();  // null outside a transaction
  if (request != nullptr) request->show_waiting("commit");
  const seam::ScopeExit decided([request] {
    if (request != nullptr) request->show_waiting({});
  });
  if (order_.await_turn(batch)) {
    // This caller leads for its own sake only; under load it would otherwise lead for ever.
    if (commit_batch(batch)) lead_elsewhere();
  }
  const Batch::State state = batch->state();
  seam::require(state != Batch::State::ordered, "a batch that a thread awaited is decided");
  return state;
}

void Committer::lead(BatchRef to_write) noexcept {
  for (int batches = 1; to_write && commit_batch(to_write); ++batches) {
    // Changes that other threads order would keep this one from its next request for ever.
    if (batches == most_in_a_row) return lead_elsewhere();
    to_write = order_.lead();
  }
}

bool Committer::commit_batch(const BatchRef& batch) noexcept {
  ledger_.tidy();  // after earlier batches, whose replies need not wait for it
  std::string why;
  const Batch::State state = write(batch, why);
  if (state == Batch::State::unknown) {
    order_.close();
    closed_.store(true);
    calls_.on_unknown();
  }
  // The batch is decided only now, after the sync, so a thread that sees its state can rely on it.
  // While this one sends the replies, another thread may write the next batch.
  CommitOrder::Decided decided = order_.decide(batch, state, why);
  const std::size_t replies = decided.calls.size();
  auto send = [calls = std::move(decided.calls)] {
    for (const auto& then : calls) then();
  };
  if (decided.unled && replies > most_before_next) {
    calls_.elsewhere(std::move(send));
  } else {
    send();
  }
  return decided.unled;
}

/// Returns the state to be. Sets `why` if nothing was stored.
Batch::State Committer::write(const BatchRef& batch, std::string& why) {
  const auto& changes = CommitOrder::changes(*batch);
  try {
    const auto unit = ledger_.begin();
    for (const Batch::Change& change : changes) change(*unit);
    unit->commit();
    commits_.add(static_cast<std::int64_t>(changes.size()));
    batches_.add(1);
    return Batch::State::durable;
  } catch (const ledger::OutcomeUnknown&) {
    why = "the ledger is closed after a failed commit";
    return Batch::State::unknown;
  } catch (const ledger::StoreFailed& error) {
    why = error.what();
  } catch (const std::exception& error) {
    why = "a fault of the server: " + std::string(error.what());
    calls_.on_fault(error.what());
  }
  return Batch::State::revoked;
}

}  // namespace bank
