#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"
#include "tests/db/undone.hpp"

using namespace ledger;

TEST_CASE_TEMPLATE("An account can be frozen and unfrozen", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  for (const bool frozen : {true, true, false}) {
    const auto unit = store.ledger().begin();
    unit->set_frozen(id, frozen);
    CHECK(unit->retrieve(id)->frozen == frozen);
    unit->commit();
    CHECK(store.ledger().account(id)->frozen == frozen);
  }
  CHECK(steps::balance(store.ledger(), id) == 100);
}

TEST_CASE_TEMPLATE("A new PIN gets the next version and keeps the count of attempts", Store,
                   EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0);
  CHECK(store.ledger().pin(id)->hash == "hash");
  CHECK(store.ledger().pin(id)->version == 1);
  const auto unit = store.ledger().begin();
  unit->count_attempt(id, 5);
  CHECK(unit->set_pin(id, "other") == 2);
  CHECK(unit->retrieve(id)->pin_version == 2);
  unit->commit();
  CHECK(store.ledger().pin(id)->hash == "other");
  CHECK(store.ledger().pin(id)->version == 2);
  CHECK(store.ledger().pin(id)->attempts == 1);
  CHECK(store.ledger().account(id)->pin_version == 2);
}

TEST_CASE_TEMPLATE("Attempts are counted up to the limit and no further", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0);
  for (std::int64_t count = 1; count <= 3; ++count) {
    auto unit = store.ledger().begin();
    CHECK(unit->count_attempt(id, 3) == count);
    unit->commit();
    unit.reset();
    store.reopen();
    CHECK(store.ledger().pin(id)->attempts == count);
  }
  const auto unit = store.ledger().begin();
  CHECK_FALSE(unit->count_attempt(id, 3));
  CHECK_FALSE(unit->count_attempt(id, 2));
  unit->commit();
  CHECK(store.ledger().pin(id)->attempts == 3);
}

TEST_CASE_TEMPLATE("Two attempts in one unit are counted as two", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0);
  const auto unit = store.ledger().begin();
  CHECK(unit->count_attempt(id, 2) == 1);
  CHECK(unit->count_attempt(id, 2) == 2);
  CHECK_FALSE(unit->count_attempt(id, 2));
}

TEST_CASE_TEMPLATE("Clearing attempts sets one account's count to 0", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0);
  const AccountId other = steps::create(store.ledger(), 0);
  const auto unit = store.ledger().begin();
  unit->count_attempt(id, 1);
  unit->count_attempt(other, 1);
  unit->clear_attempts(id);
  CHECK(unit->count_attempt(id, 1) == 1);
  CHECK_FALSE(unit->count_attempt(other, 1));
  unit->clear_attempts(id);
  unit->commit();
  CHECK(store.ledger().pin(id)->attempts == 0);
  CHECK(store.ledger().pin(other)->attempts == 1);
}

TEST_CASE_TEMPLATE("An attempt at an unknown account always counts as the first", Store,
                   EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0);
  for (const AccountId nobody : {id + 1, vault, AccountId{-1}}) {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto unit = store.ledger().begin();
      CHECK(unit->count_attempt(nobody, 2) == 1);
      unit->commit();
    }
    CHECK_FALSE(store.ledger().pin(nobody));
  }
  CHECK(store.ledger().pin(id)->attempts == 0);
  CHECK(steps::audit(store.ledger()).accounts == 1);
}

TEST_CASE_TEMPLATE("Changing an account that does not exist is a contradiction", Store,
                   EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const auto refused = [&](const auto& step) {
    steps::undone_by<Contradiction>(store.ledger(), [&](UnitOfWork& unit) {
      unit.set_frozen(id, true);
      step(unit);
    });
  };
  for (const AccountId nobody : {id + 1, vault, AccountId{-1}}) {
    refused([&](UnitOfWork& unit) { unit.set_frozen(nobody, true); });
    refused([&](UnitOfWork& unit) { unit.set_pin(nobody, "h"); });
    refused([&](UnitOfWork& unit) { unit.clear_attempts(nobody); });
  }
  CHECK_FALSE(store.ledger().account(id)->frozen);
}

TEST_CASE_TEMPLATE("Nothing is found for the vault, an unknown account or an unknown transfer",
                   Store, EVERY_STORE) {
  Store store;
  steps::create(store.ledger(), 100);
  for (const AccountId nobody : {AccountId{2}, vault, AccountId{-1}}) {
    CHECK_FALSE(store.ledger().account(nobody));
    CHECK_FALSE(store.ledger().pin(nobody));
    CHECK_FALSE(store.ledger().key(nobody, "k"));
    CHECK(store.ledger().history(nobody, steps::newest, 10).empty());
  }
  CHECK_FALSE(store.ledger().transfer(0));
  CHECK_FALSE(store.ledger().transfer(99));
  CHECK_FALSE(store.ledger().reversal_of(0));
  CHECK_FALSE(store.ledger().reversal_of(99));
}

TEST_CASE_TEMPLATE("An opening can choose its account's number", Store, EVERY_STORE) {
  Store store;
  CHECK(store.ledger().last_account() == 0);
  Opening chosen = steps::opening(25, "new");
  chosen.id = 7;
  {
    const auto unit = store.ledger().begin();
    CHECK(unit->create(chosen) == 7);
    CHECK(unit->create(steps::opening(0)) == 8);
    CHECK(store.ledger().last_account() == 0);  // a read sees durable rows only
    unit->commit();
  }
  store.reopen();
  CHECK(store.ledger().last_account() == 8);
  CHECK(steps::balance(store.ledger(), 7) == 25);
  CHECK(store.ledger().key(0, "new")->reply == 7);
  CHECK(store.ledger().pin(7)->hash == "hash");
  CHECK_FALSE(store.ledger().account(6));
  CHECK(steps::audit(store.ledger()).violations == 0);

  const auto unit = store.ledger().begin();
  Opening below = steps::opening(0);
  below.id = 3;
  CHECK_MESSAGE(unit->create(below) == 3, "a number below the largest can be chosen, too");
  CHECK_MESSAGE(unit->create(steps::opening(0)) == 9, "the next number is above the largest");
}

TEST_CASE_TEMPLATE("An opening with a number in use or out of bounds is refused", Store,
                   EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 25, "old");
  Opening opening = steps::opening(5, "new");
  for (const AccountId wrong : {id, AccountId{-1}, largest_account + 1}) {
    opening.id = wrong;
    CAPTURE(wrong);
    steps::undone_by<Contradiction>(store.ledger(),
                                    [&](UnitOfWork& unit) { unit.create(opening); });
  }
  Opening again = steps::opening(25, "old");
  again.id = id;
  steps::undone_by<KeyTaken>(store.ledger(), [&](UnitOfWork& unit) { unit.create(again); });
  opening.id = largest_account;
  {
    const auto unit = store.ledger().begin();
    CHECK(unit->create(opening) == largest_account);
    unit->commit();
  }
  INFO("no number is left after the largest");
  steps::undone_by<Contradiction>(store.ledger(),
                                  [](UnitOfWork& unit) { unit.create(steps::opening(0)); });
  CHECK(store.ledger().last_account() == largest_account);
  CHECK(steps::balance(store.ledger(), id) == 25);
  CHECK(steps::audit(store.ledger()).accounts == 2);
}
