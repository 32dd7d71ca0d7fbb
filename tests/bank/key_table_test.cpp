/// The key table: claims, and the rows of keys that are ordered.

#include "server/bank/key_table.hpp"

#include <doctest/doctest.h>

#include "server/bank/commit_order.hpp"

using bank::Batch;
using bank::BatchRef;
using bank::CommitOrder;
using bank::KeyOrdered;
using bank::KeyTable;

namespace {

ledger::KeyRecord tombstone(const std::string& key) {
  ledger::KeyRecord record;
  record.claim.account = 1;
  record.claim.key = key;
  record.cancelled = true;
  return record;
}

struct Desk {
  BatchRef put(const ledger::KeyRecord& record) {
    return order
        .order(
            {}, [](ledger::UnitOfWork&) {},
            [&](const BatchRef& batch) { keys.order(record, batch); })
        .batch;
  }
  void decide(Batch::State state) { order.decide(order.lead(), state, "refused"); }
  KeyTable keys;
  CommitOrder order;
};

}  // namespace

TEST_CASE("a key is claimed once, and a release leaves no entry") {
  Desk desk;
  CHECK(desk.keys.claim(1, "k", nullptr));
  CHECK_FALSE(desk.keys.claim(1, "k", nullptr));
  CHECK(desk.keys.claim(2, "k", nullptr));
  desk.keys.release(1, "k");
  desk.keys.release(2, "k");
  CHECK(desk.keys.size() == 0);
  CHECK(desk.keys.claim(1, "k", nullptr));
}

TEST_CASE("to release a key that is not in use changes nothing") {
  Desk desk;
  desk.keys.release(1, "k");
  CHECK(desk.keys.size() == 0);
}

TEST_CASE("of two rows for one key the first that is ordered remains, durable or not") {
  Desk desk;
  REQUIRE(desk.keys.claim(1, "k", nullptr));
  {
    // A tombstone that no request has claimed.
    const KeyTable::Use use(desk.keys, 1, "k");
    desk.put(tombstone("k"));
  }
  CHECK_THROWS_AS(desk.put(tombstone("k")), KeyOrdered);
  desk.decide(Batch::State::durable);
  CHECK_THROWS_AS(desk.put(tombstone("k")), KeyOrdered);
  CHECK(desk.order.waiting() == 0);
  desk.keys.release(1, "k");
  CHECK(desk.keys.size() == 0);
}

TEST_CASE("a revoked row leaves the key free") {
  Desk desk;
  const KeyTable::Use use(desk.keys, 1, "k");
  const BatchRef first = desk.put(tombstone("k"));
  desk.decide(Batch::State::revoked);
  const BatchRef second = desk.put(tombstone("k"));
  CHECK(second != first);
  try {
    desk.put(tombstone("k"));
    FAIL("a key got two rows");
  } catch (const KeyOrdered& taken) {
    CHECK(taken.batch == second);
  }
}
