#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"

using namespace ledger;

namespace {

/// Stores rows of every kind; returns an account with 100.
AccountId fill(Ledger& books) {
  const AccountId one = steps::create(books, 50, "new");
  const AccountId two = steps::create(books, 0, "empty");
  steps::store(books, steps::deposit(one, 50, 70, "in"));
  steps::store(books, steps::withdraw(one, 120, 10));
  const TransferId id = steps::store(books, steps::transfer(one, 110, two, 0, 30, "over"));
  steps::store(books, steps::reverse(*books.transfer(id), 80, 30));
  steps::store(books, steps::withdraw(one, 110, 10, "out"));
  steps::store_tombstone(books, one, "dead");
  steps::store_tombstone(books, 999, "dead");
  return one;
}

}  // namespace

TEST_CASE_TEMPLATE("The audit of a sound ledger finds no violation", Store, EVERY_STORE) {
  Store store;
  CHECK(steps::audit(store.ledger()).violations == 0);
  fill(store.ledger());
  const AuditReport report = steps::audit(store.ledger());
  CHECK(report.accounts == 2);
  CHECK(report.transfers == 6);
  CHECK(report.violations == 0);
  CHECK(report.details.empty());
}

TEST_CASE_TEMPLATE("An audit beside a writer finds no violation and counts the rows of its start",
                   Store, EVERY_STORE) {
  Store store;
  const AccountId id = fill(store.ledger());
  const auto audit = store.ledger().audit();
  Cents has = 100;
  do {
    steps::store(store.ledger(), steps::deposit(id, has, 1));
    has += 1;
  } while (audit->next(steps::always));
  CHECK(audit->report().transfers == 6);
  CHECK(audit->report().violations == 0);
  CHECK_FALSE(audit->next(steps::always));
  CHECK(audit->report().transfers == 6);
}

TEST_CASE_TEMPLATE("An audit that was stopped can continue", Store, EVERY_STORE) {
  Store store;
  fill(store.ledger());
  const auto audit = store.ledger().audit();
  bool more = true;
  while (more) {
    CHECK(audit->next([] { return false; }));
    more = audit->next(steps::always);
  }
  CHECK(audit->report().accounts == 2);
  CHECK(audit->report().transfers == 6);
  CHECK(audit->report().violations == 0);
}

TEST_CASE_TEMPLATE("An audit that is abandoned leaves nothing behind", Store, EVERY_STORE) {
  Store store;
  const AccountId id = fill(store.ledger());
  store.ledger().audit()->next(steps::always);
  steps::store(store.ledger(), steps::deposit(id, 100, 1));
  store.reopen();
  CHECK(steps::balance(store.ledger(), id) == 101);
}

TEST_CASE_TEMPLATE("A backup is a whole ledger as of its start", Store, EVERY_STORE) {
  Store store;
  const AccountId id = fill(store.ledger());
  const std::string path = store.path("copy");
  const auto backup = store.ledger().backup(path);
  CHECK_FALSE(store.exists(path));
  steps::store(store.ledger(), steps::deposit(id, 100, 1));
  while (backup->next(steps::always)) CHECK_FALSE(store.exists(path));
  CHECK(store.exists(path));
  CHECK_FALSE(backup->next(steps::always));

  const auto copy = store.open_copy(path);
  CHECK(steps::balance(*copy, id) == 100);
  CHECK(copy->key(id, "in")->reply == 120);
  CHECK(copy->start_number() == 2);
  CHECK(steps::audit(*copy).violations == 0);
  steps::store(*copy, steps::deposit(id, 100, 5));
  CHECK(steps::balance(*copy, id) == 105);
  CHECK(steps::balance(store.ledger(), id) == 101);
}

TEST_CASE_TEMPLATE("A backup that is abandoned leaves nothing behind", Store, EVERY_STORE) {
  Store store;
  fill(store.ledger());
  const std::string path = store.path("copy");
  {
    const auto backup = store.ledger().backup(path);
    CHECK(backup->next([] { return false; }));
  }
  CHECK_FALSE(store.exists(path));
  const auto again = store.ledger().backup(path);
  while (again->next(steps::always)) {
  }
  CHECK(store.exists(path));
}

TEST_CASE_TEMPLATE("A backup needs an absolute path that is free", Store, EVERY_STORE) {
  Store store;
  fill(store.ledger());
  const std::string path = store.path("copy");
  const auto early = store.ledger().backup(path);
  const auto late = store.ledger().backup(path);
  while (early->next(steps::always)) {
  }
  CHECK_THROWS_AS(store.ledger().backup(path), BadPath);
  CHECK_THROWS_AS(while (late->next(steps::always)){}, BadPath);
  CHECK_THROWS_AS(store.ledger().backup("copy"), BadPath);
  CHECK_THROWS_AS(store.ledger().backup(""), BadPath);
  CHECK_THROWS_AS(store.ledger().backup("/"), BadPath);
  CHECK_THROWS_AS(store.ledger().backup(path + std::string("\0x", 2)), BadPath);
  CHECK(steps::audit(*store.open_copy(path)).violations == 0);
}
