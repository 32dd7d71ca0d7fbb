#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"

using namespace ledger;

TEST_CASE_TEMPLATE("Readers see a unit only after its commit", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const auto unit = store.ledger().begin();
  const TransferId transfer = unit->store(steps::deposit(id, 100, 7, "k"));
  CHECK(unit->retrieve(id)->balance == 107);
  CHECK(steps::balance(store.ledger(), id) == 100);
  CHECK_FALSE(store.ledger().transfer(transfer));
  CHECK_FALSE(store.ledger().key(id, "k"));
  unit->commit();
  CHECK(steps::balance(store.ledger(), id) == 107);
  CHECK(store.ledger().transfer(transfer));
  CHECK(store.ledger().key(id, "k"));
}

TEST_CASE_TEMPLATE("A unit destroyed without commit changes nothing", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  {
    const auto unit = store.ledger().begin();
    unit->store(steps::deposit(id, 100, 7, "k"));
    unit->create(steps::opening(5, "new"));
    unit->store_tombstone(id, "dead", 1);
    unit->set_frozen(id, true);
    unit->set_pin(id, "other");
    unit->count_attempt(id, 5);
  }
  for (int opened = 0; opened < 2; ++opened, store.reopen()) {
    CHECK(steps::balance(store.ledger(), id) == 100);
    CHECK_FALSE(store.ledger().account(id)->frozen);
    CHECK(store.ledger().pin(id)->hash == "hash");
    CHECK(store.ledger().pin(id)->attempts == 0);
    CHECK_FALSE(store.ledger().account(id + 1));
    CHECK_FALSE(store.ledger().key(id, "k"));
    CHECK_FALSE(store.ledger().key(0, "new"));
    CHECK_FALSE(store.ledger().key(id, "dead"));
    CHECK(store.ledger().history(id, steps::newest, 10).size() == 1);
  }
  CHECK(steps::create(store.ledger(), 0) == id + 1);
}

TEST_CASE_TEMPLATE("Committed changes survive a restart", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  steps::store(store.ledger(), steps::deposit(id, 100, 7, "k"));
  steps::store_tombstone(store.ledger(), id, "dead");
  store.reopen();
  CHECK(steps::balance(store.ledger(), id) == 107);
  CHECK(store.ledger().key(id, "k")->reply == 107);
  CHECK(store.ledger().key(id, "dead")->cancelled);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("Every opening has the next start number", Store, EVERY_STORE) {
  Store store;
  CHECK(store.ledger().start_number() == 1);
  store.reopen();
  CHECK(store.ledger().start_number() == 2);
  store.reopen();
  CHECK(store.ledger().start_number() == 3);
}

TEST_CASE_TEMPLATE("A second opening of an open ledger is refused", Store, EVERY_STORE) {
  Store store;
  CHECK_THROWS_AS(store.open_second(), OpenFailed);
  CHECK(store.ledger().start_number() == 1);
  store.reopen();
  CHECK(store.ledger().start_number() == 2);
}

TEST_CASE_TEMPLATE("Changes in one unit see each other", Store, EVERY_STORE) {
  Store store;
  const auto unit = store.ledger().begin();
  const AccountId one = unit->create(steps::opening(100));
  const AccountId two = unit->create(steps::opening(0));
  CHECK(two == one + 1);
  unit->store(steps::transfer(one, 100, two, 0, 30));
  unit->store(steps::withdraw(two, 30, 10));
  CHECK(unit->retrieve(one)->balance == 70);
  CHECK(unit->retrieve(two)->balance == 20);
  CHECK_FALSE(unit->retrieve(two + 1));
  CHECK_FALSE(unit->retrieve(vault));
  unit->commit();
  CHECK(steps::balance(store.ledger(), one) == 70);
  CHECK(steps::balance(store.ledger(), two) == 20);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A unit is alive until it is committed, and commits once", Store, EVERY_STORE) {
  Store store;
  const auto unit = store.ledger().begin();
  const AccountId id = unit->create(steps::opening(0));
  CHECK(unit->alive());
  unit->commit();
  CHECK_FALSE(unit->alive());
  CHECK_THROWS_AS(unit->commit(), StoreFailed);
  CHECK_THROWS_AS(unit->retrieve(id), StoreFailed);
  CHECK_THROWS_AS(unit->store(steps::deposit(id, 0, 1)), StoreFailed);
}

TEST_CASE_TEMPLATE("An empty unit can be committed", Store, EVERY_STORE) {
  Store store;
  store.ledger().begin()->commit();
  CHECK(store.ledger().begin()->alive());
}

TEST_CASE_TEMPLATE("Tidying changes nothing that a reader sees", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  store.ledger().tidy();
  CHECK(steps::balance(store.ledger(), id) == 100);
  CHECK_FALSE(store.ledger().version().empty());
}
