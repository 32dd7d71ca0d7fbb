/// The commit order: which thread leads, and which batches a decision decides.

#include "server/bank/commit_order.hpp"

#include <doctest/doctest.h>

#include "db/errors.hpp"

using bank::Batch;
using bank::BatchRef;
using bank::CommitOrder;
using bank::RestsOn;
using State = Batch::State;

namespace {

BatchRef order_one(CommitOrder& order, const RestsOn& on = {}) {
  return order.order(on, [](ledger::UnitOfWork&) {}, {}).batch;
}

/// Writes nothing, and decides the open batch.
void decide(CommitOrder& order, State state, const std::string& why = {}) {
  const BatchRef taken = order.lead();
  REQUIRE(taken);
  for (const auto& then : order.decide(taken, state, why).calls) then();
}

RestsOn resting_on(const std::vector<BatchRef>& batches) {
  RestsOn on;
  for (const BatchRef& batch : batches) on.add(batch);
  return on;
}

}  // namespace

TEST_CASE("changes that are ordered while no thread leads are in one batch, and one thread leads") {
  CommitOrder order;
  CHECK_MESSAGE(order.lead() == nullptr, "there is nothing to commit");
  const auto first = order.order({}, [](ledger::UnitOfWork&) {}, {});
  CHECK(first.unled);
  CHECK(order_one(order) == first.batch);
  CHECK(order.waiting() == 2);
  const BatchRef taken = order.lead();
  CHECK(taken == first.batch);
  CHECK(CommitOrder::changes(*taken).size() == 2);
  const auto next = order.order({}, [](ledger::UnitOfWork&) {}, {});
  CHECK_FALSE(next.unled);
  CHECK(next.batch != taken);
  CHECK_MESSAGE(order.lead() == nullptr, "two threads lead at once");
  order.decide(taken, State::durable, "");
  CHECK(taken->state() == State::durable);
  CHECK(next.batch->state() == State::ordered);
  CHECK(order.waiting() == 1);
  CHECK(order.lead() == next.batch);
}

TEST_CASE("a leader leads no more once its batch is decided, before it makes the calls") {
  CommitOrder order;
  order_one(order);
  const BatchRef taken = order.lead();
  order_one(order);
  CHECK_MESSAGE(order.decide(taken, State::durable, "").unled,
                "changes are left that no thread commits");
  const BatchRef last = order.lead();
  REQUIRE_MESSAGE(last, "another thread cannot lead while the first makes its calls");
  CHECK_FALSE(order.decide(last, State::durable, "").unled);
}

TEST_CASE("a reply waits for the newest batch that it rests on, and not for decided ones") {
  CommitOrder order;
  const BatchRef first = order_one(order);
  const BatchRef taken = order.lead();
  const BatchRef second = order_one(order);
  int done = 0;
  CHECK(order.when_decided(resting_on({first, second}), [&] { ++done; }).is_pending);
  CHECK(order.when_decided(resting_on({first}), [&] { done += 10; }).is_pending);
  for (const auto& then : order.decide(taken, State::durable, "").calls) then();
  CHECK(done == 10);
  CHECK_FALSE(order.when_decided(resting_on({first}), [&] { done += 100; }).is_pending);
  decide(order, State::durable);
  CHECK(done == 11);
  CHECK_FALSE(order.when_decided({}, [&] { done += 100; }).is_pending);
  CHECK(done == 11);
}

TEST_CASE("a reply rests on each batch once, and on no batch if the row was read from the file") {
  CommitOrder order;
  const BatchRef batch = order_one(order);
  CHECK(resting_on({nullptr, batch, batch}).batches() == std::vector{batch});
}

TEST_CASE("a thread registers and leads at once, unless another thread leads") {
  CommitOrder order;
  const BatchRef first = order_one(order);
  int done = 0;
  CHECK_MESSAGE(order.when_decided(resting_on({first}), [&] { ++done; }).to_write == nullptr,
                "a thread that did not ask for it leads");
  const auto leading = order.when_decided(
      resting_on({first}), [&] { done += 10; }, true);
  CHECK(leading.is_pending);
  REQUIRE(leading.to_write == first);
  const BatchRef second = order_one(order);
  CHECK_MESSAGE(order.when_decided(
                         resting_on({second}), [&] { done += 100; }, true)
                        .to_write == nullptr,
                "two threads lead at once");
  for (const auto& then : order.decide(first, State::durable, "").calls) then();
  CHECK(done == 11);
}

TEST_CASE("a refused batch revokes everything ordered after it, and nothing before") {
  CommitOrder order;
  const BatchRef before = order_one(order);
  decide(order, State::durable);
  const BatchRef refused = order_one(order);
  const BatchRef taken = order.lead();
  const BatchRef after = order_one(order);
  int told = 0;
  order.when_decided(resting_on({refused}), [&] { told = told * 10 + 1; });
  order.when_decided(resting_on({after}), [&] { told = told * 10 + 2; });
  for (const auto& then : order.decide(taken, State::revoked, "disk full").calls) then();
  CHECK(told == 12);
  CHECK(before->state() == State::durable);
  CHECK(refused->state() == State::revoked);
  CHECK(after->state() == State::revoked);
  CHECK(after->why() == "disk full");
  CHECK(order.waiting() == 0);
  const BatchRef later = order_one(order);
  CHECK_MESSAGE(later->number() > after->number(), "the number of a revoked batch is used again");
  decide(order, State::durable);
  CHECK_MESSAGE(after->state() == State::revoked, "a later commit has blessed a revoked batch");
}

TEST_CASE("a request that has read a revoked change orders nothing, whatever it has read since") {
  CommitOrder order;
  const BatchRef lost = order_one(order);
  RestsOn on = resting_on({lost});
  decide(order, State::revoked, "disk full");
  const BatchRef later = order_one(order);
  on.add(later);
  decide(order, State::durable);
  CHECK(on.lost() == lost);
  CHECK_THROWS_WITH_AS(order_one(order, on), "disk full", ledger::StoreFailed);
  CHECK(order.waiting() == 0);
  // Two revocations are distinct.
  const BatchRef second = order_one(order);
  const RestsOn on_second = resting_on({second});
  decide(order, State::revoked, "an I/O error");
  CHECK_THROWS_WITH_AS(order_one(order, on_second), "an I/O error", ledger::StoreFailed);
}

TEST_CASE("a request that has read an account in an older epoch orders nothing") {
  CommitOrder order;
  RestsOn before;
  before.read_in(order.epoch());
  order_one(order);
  decide(order, State::durable);
  order_one(order, before);
  decide(order, State::revoked, "disk full");
  CHECK_THROWS_AS(order_one(order, before), ledger::StoreFailed);
  RestsOn after;
  after.read_in(order.epoch());
  order_one(order, after);
  after.read_in(order.epoch() - 1);
  CHECK_THROWS_AS_MESSAGE(order_one(order, after), ledger::StoreFailed,
                          "of several reads the oldest counts");
  order_one(order);
  CHECK(order.waiting() == 2);
}

TEST_CASE("after a failed COMMIT its batch is unknown, the next abandoned, and the order closed") {
  CommitOrder order;
  const BatchRef revoked = order_one(order);
  RestsOn on = resting_on({revoked});
  decide(order, State::revoked, "disk full");
  const BatchRef unknown = order_one(order);
  const BatchRef taken = order.lead();
  const BatchRef next = order_one(order);
  const RestsOn on_next = resting_on({next});
  on.add(unknown);
  order.close();
  order.decide(taken, State::unknown, "closed");
  CHECK(unknown->state() == State::unknown);
  CHECK(next->state() == State::abandoned);
  CHECK_MESSAGE(on.lost() == unknown, "UNKNOWN comes before STORE");
  CHECK_MESSAGE(on_next.lost() == next, "a value from an abandoned change is certain");
  CHECK_THROWS_AS(order_one(order), ledger::StoreFailed);
  CHECK_THROWS_AS(order_one(order, on), ledger::OutcomeUnknown);
  CHECK_THROWS_AS(order_one(order, on_next), ledger::OutcomeUnknown);
}

TEST_CASE("a change that is refused by its own decision is not ordered") {
  CommitOrder order;
  struct Taken {};
  CHECK_THROWS_AS(order.order(
                      {}, [](ledger::UnitOfWork&) {}, [](const BatchRef&) { throw Taken{}; }),
                  Taken);
  CHECK(order.waiting() == 0);
  CHECK(order.lead() == nullptr);
}

TEST_CASE("a full order names the batch to await, and takes changes again once that is decided") {
  CommitOrder order;
  for (std::size_t i = 0; i < CommitOrder::most / 2; ++i) order_one(order);
  const BatchRef taken = order.lead();
  for (std::size_t i = 0; i < CommitOrder::most / 2; ++i) order_one(order);
  CHECK(order.waiting() == CommitOrder::most);
  const auto place = order.order({}, [](ledger::UnitOfWork&) {}, {});
  CHECK(place.is_full);
  CHECK(place.batch == taken);
  CHECK(order.waiting() == CommitOrder::most);
  order.decide(taken, State::durable, "");
  CHECK_FALSE(order.order({}, [](ledger::UnitOfWork&) {}, {}).is_full);
}
