#include <string>

#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"

using namespace ledger;

namespace {

/// Returns the row of the KeyTaken that the step throws; fails the test if it throws none.
template <typename Step>
KeyRecord taken_by(Step step) {
  try {
    step();
  } catch (const KeyTaken& taken) {
    return taken.record;
  }
  FAIL("the step did not throw KeyTaken");
  return {};
}

}  // namespace

TEST_CASE_TEMPLATE("A key's row holds the claim, the transfer and the reply", Store, EVERY_STORE) {
  Store store;
  const AccountId from = steps::create(store.ledger(), 100);
  const AccountId to = steps::create(store.ledger(), 0);
  Posting posting = steps::transfer(from, 100, to, 0, 40, "k");
  posting.time = 77;
  posting.reply = 60;
  const TransferId id = steps::store(store.ledger(), posting);
  const std::optional<KeyRecord> row = store.ledger().key(from, "k");
  REQUIRE(row);
  CHECK(row->claim.account == from);
  CHECK(row->claim.key == "k");
  CHECK(row->claim.kind == Kind::transfer);
  CHECK(row->claim.other == to);
  CHECK(row->claim.amount == 40);
  CHECK_FALSE(row->cancelled);
  CHECK(row->transfer == id);
  CHECK(row->reply == 60);
  CHECK(row->time == 77);
  CHECK_FALSE(store.ledger().key(to, "k"));
  CHECK_FALSE(store.ledger().key(from, "K"));
}

TEST_CASE_TEMPLATE("A committed key refuses every later claim", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const TransferId done = steps::store(store.ledger(), steps::deposit(id, 100, 5, "k"));
  const auto unit = store.ledger().begin();
  CHECK(taken_by([&] { unit->store(steps::deposit(id, 105, 5, "k")); }).transfer == done);
  CHECK(taken_by([&] { unit->store(steps::withdraw(id, 105, 9, "k")); }).transfer == done);
  CHECK(taken_by([&] { unit->store_tombstone(id, "k", 3); }).reply == 105);
  CHECK(unit->alive());
  CHECK(unit->retrieve(id)->balance == 105);
  unit->store(steps::deposit(id, 105, 1, "k2"));
  unit->commit();
  CHECK(steps::balance(store.ledger(), id) == 106);
  CHECK_FALSE(store.ledger().key(id, "k")->cancelled);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A tombstone refuses every later claim", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  steps::store_tombstone(store.ledger(), id, "k");
  const auto unit = store.ledger().begin();
  const KeyRecord row = taken_by([&] { unit->store(steps::deposit(id, 100, 5, "k")); });
  CHECK(row.cancelled);
  CHECK(row.claim.account == id);
  CHECK(row.claim.key == "k");
  CHECK(row.time == 1'700'000'000'000'001);
  CHECK(taken_by([&] { unit->store_tombstone(id, "k", 3); }).cancelled);
  CHECK(unit->retrieve(id)->balance == 100);
  unit->commit();
  CHECK(store.ledger().history(id, steps::newest, 10).size() == 1);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A key taken earlier in the same unit is taken", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const auto unit = store.ledger().begin();
  const TransferId done = unit->store(steps::deposit(id, 100, 5, "k"));
  CHECK(taken_by([&] { unit->store(steps::deposit(id, 105, 5, "k")); }).transfer == done);
  unit->store_tombstone(id, "dead", 1);
  CHECK(taken_by([&] { unit->store(steps::deposit(id, 105, 5, "dead")); }).cancelled);
  unit->commit();
  CHECK(steps::balance(store.ledger(), id) == 105);
}

TEST_CASE_TEMPLATE("A taken key is reported before a contradiction", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  steps::store_tombstone(store.ledger(), id, "k");
  const auto unit = store.ledger().begin();
  CHECK(taken_by([&] { unit->store(steps::deposit(id, 1, 5, "k")); }).cancelled);
}

TEST_CASE_TEMPLATE("The key of a create belongs to account 0", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 25, "new");
  const auto unit = store.ledger().begin();
  const KeyRecord row = taken_by([&] { unit->create(steps::opening(25, "new")); });
  CHECK(row.reply == id);
  CHECK(row.claim.account == 0);
  CHECK(row.claim.kind == Kind::create);
  CHECK(row.claim.amount == 25);
  CHECK(taken_by([&] { unit->create(steps::opening(0, "new")); }).reply == id);
  CHECK(taken_by([&] { unit->store_tombstone(0, "new", 1); }).reply == id);
  unit->store_tombstone(0, "never", 1);
  CHECK(taken_by([&] { unit->create(steps::opening(0, "never")); }).cancelled);
  unit->commit();
  CHECK_FALSE(store.ledger().account(id + 1));
}

TEST_CASE_TEMPLATE("A tombstone can be stored for an account that does not exist", Store,
                   EVERY_STORE) {
  Store store;
  steps::store_tombstone(store.ledger(), 42, "k");
  CHECK(store.ledger().key(42, "k")->cancelled);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A key has 1 to 64 characters", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const std::string longest(64, '~');
  steps::store(store.ledger(), steps::deposit(id, 100, 1, longest));
  CHECK(store.ledger().key(id, longest));
  const auto unit = store.ledger().begin();
  CHECK_THROWS_AS(unit->store_tombstone(id, longest + "~", 1), Contradiction);
  CHECK_THROWS_AS(unit->store_tombstone(id, "", 1), Contradiction);
  CHECK(unit->alive());
}
