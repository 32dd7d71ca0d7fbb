#include <string>

#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"
#include "tests/db/undone.hpp"

using namespace ledger;

namespace {

/// Does the step in a unit of its own. Returns the row of the KeyTaken that it throws.
template <typename Step>
KeyRecord taken_by(Ledger& on, const Step& step) {
  return steps::undone_by<KeyTaken>(on, step).record;
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
  const auto taken = [&](const auto& step) { return taken_by(store.ledger(), step); };
  CHECK(taken([&](UnitOfWork& unit) { unit.store(steps::deposit(id, 105, 5, "k")); }).transfer ==
        done);
  CHECK(taken([&](UnitOfWork& unit) { unit.store(steps::withdraw(id, 105, 9, "k")); }).transfer ==
        done);
  CHECK(taken([&](UnitOfWork& unit) { unit.store_tombstone(id, "k", 3); }).reply == 105);
  CHECK(steps::balance(store.ledger(), id) == 105);
  CHECK_FALSE(store.ledger().key(id, "k")->cancelled);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A tombstone refuses every later claim", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  steps::store_tombstone(store.ledger(), id, "k");
  const KeyRecord row = taken_by(
      store.ledger(), [&](UnitOfWork& unit) { unit.store(steps::deposit(id, 100, 5, "k")); });
  CHECK(row.cancelled);
  CHECK(row.claim.account == id);
  CHECK(row.claim.key == "k");
  CHECK(row.time == 1'700'000'000'000'001);
  CHECK(taken_by(store.ledger(), [&](UnitOfWork& unit) {
          unit.store_tombstone(id, "k", 3);
        }).cancelled);
  CHECK(steps::balance(store.ledger(), id) == 100);
  CHECK(store.ledger().history(id, steps::newest, 10).size() == 1);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A key taken earlier in the same unit is taken", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  TransferId done = 0;
  const KeyRecord row = taken_by(store.ledger(), [&](UnitOfWork& unit) {
    done = unit.store(steps::deposit(id, 100, 5, "k"));
    unit.store(steps::deposit(id, 105, 5, "k"));
  });
  CHECK(row.transfer == done);
  CHECK(taken_by(store.ledger(), [&](UnitOfWork& unit) {
          unit.store_tombstone(id, "dead", 1);
          unit.store(steps::deposit(id, 100, 5, "dead"));
        }).cancelled);
  CHECK(steps::balance(store.ledger(), id) == 100);
  CHECK_FALSE(store.ledger().key(id, "k"));
}

TEST_CASE_TEMPLATE("A taken key is reported before a contradiction", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  steps::store_tombstone(store.ledger(), id, "k");
  CHECK(taken_by(store.ledger(), [&](UnitOfWork& unit) {
          unit.store(steps::deposit(id, 1, 5, "k"));
        }).cancelled);
}

TEST_CASE_TEMPLATE("The key of a create belongs to account 0", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 25, "new");
  const auto taken = [&](const auto& step) { return taken_by(store.ledger(), step); };
  const KeyRecord row = taken([&](UnitOfWork& unit) { unit.create(steps::opening(25, "new")); });
  CHECK(row.reply == id);
  CHECK(row.claim.account == 0);
  CHECK(row.claim.kind == Kind::create);
  CHECK(row.claim.amount == 25);
  CHECK(taken([&](UnitOfWork& unit) { unit.create(steps::opening(0, "new")); }).reply == id);
  CHECK(taken([&](UnitOfWork& unit) { unit.store_tombstone(0, "new", 1); }).reply == id);
  steps::store_tombstone(store.ledger(), 0, "never");
  CHECK(taken([&](UnitOfWork& unit) { unit.create(steps::opening(0, "never")); }).cancelled);
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
  for (const std::string& wrong : {longest + "~", std::string()}) {
    steps::undone_by<Contradiction>(store.ledger(),
                                    [&](UnitOfWork& unit) { unit.store_tombstone(id, wrong, 1); });
  }
}
