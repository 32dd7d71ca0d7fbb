#include <vector>

#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"

using namespace ledger;

namespace {

std::vector<TransferId> ids(const std::vector<Transfer>& rows) {
  std::vector<TransferId> found;
  for (const Transfer& row : rows) found.push_back(row.id);
  return found;
}

}  // namespace

TEST_CASE_TEMPLATE("History lists the transfers of the account, newest first", Store, EVERY_STORE) {
  Store store;
  Ledger& books = store.ledger();
  const AccountId mine = steps::create(books, 0);
  const AccountId other = steps::create(books, 0);
  const TransferId in = steps::store(books, steps::deposit(mine, 0, 10));
  const TransferId elsewhere = steps::store(books, steps::deposit(other, 0, 10));
  const TransferId there = steps::store(books, steps::transfer(mine, 10, other, 10, 4));
  const TransferId back = steps::store(books, steps::transfer(other, 14, mine, 6, 1));
  const TransferId out = steps::store(books, steps::withdraw(mine, 7, 2));
  CHECK(ids(books.history(mine, steps::newest, 10)) == std::vector{out, back, there, in});
  CHECK(ids(books.history(other, steps::newest, 10)) == std::vector{back, there, elsewhere});
  CHECK(books.history(mine, steps::newest, 10)[1].credit_balance == 7);
}

TEST_CASE_TEMPLATE("History can be read in pages without gaps or repeats", Store, EVERY_STORE) {
  Store store;
  Ledger& books = store.ledger();
  const AccountId one = steps::create(books, 100);
  const AccountId two = steps::create(books, 100);
  for (Cents step = 0; step < 5; ++step) {
    steps::store(books, steps::transfer(one, 100, two, 100, 1));
    steps::store(books, steps::transfer(two, 101, one, 99, 1));
  }
  const std::vector<TransferId> all = ids(books.history(one, steps::newest, 100));
  REQUIRE(all.size() == 11);
  std::vector<TransferId> paged;
  TransferId before = steps::newest;
  for (;;) {
    const std::vector<TransferId> page = ids(books.history(one, before, 4));
    CHECK(page.size() <= 4);
    if (page.empty()) break;
    paged.insert(paged.end(), page.begin(), page.end());
    before = page.back();
  }
  CHECK(paged == all);
  CHECK(books.history(one, steps::newest, 0).empty());
  CHECK(books.history(one, steps::newest, -1).empty());
  CHECK(books.history(one, all.back(), 10).empty());
}

TEST_CASE_TEMPLATE("History can begin before any number, its own transfers or not", Store,
                   EVERY_STORE) {
  Store store;
  Ledger& books = store.ledger();
  const AccountId mine = steps::create(books, 0);
  const AccountId other = steps::create(books, 0);
  std::vector<TransferId> own;
  for (Cents has = 0; has < 3; ++has) {
    own.push_back(steps::store(books, steps::deposit(mine, has, 1)));
    steps::store(books, steps::deposit(other, has, 1));
  }
  CHECK(ids(books.history(mine, own[2], 10)) == std::vector{own[1], own[0]});
  CHECK(ids(books.history(mine, own[2] + 1, 10)) == std::vector{own[2], own[1], own[0]});
  CHECK(ids(books.history(mine, own[1] + 1, 1)) == std::vector{own[1]});
  CHECK(books.history(mine, own[0], 10).empty());
  CHECK(books.history(mine, 0, 10).empty());
  CHECK(books.history(mine, -1, 10).empty());
  CHECK(books.history(vault, own[1], 10).empty());
  CHECK(books.history(other + 1, own[1], 10).empty());
}
