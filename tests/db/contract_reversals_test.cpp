#include <vector>

#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"
#include "tests/db/undone.hpp"

using namespace ledger;

TEST_CASE_TEMPLATE("A transfer can be reversed once", Store, EVERY_STORE) {
  Store store;
  const AccountId from = steps::create(store.ledger(), 100);
  const AccountId to = steps::create(store.ledger(), 0);
  const TransferId id = steps::store(store.ledger(), steps::transfer(from, 100, to, 0, 40, "k"));
  CHECK_FALSE(store.ledger().reversal_of(id));
  const Posting undo = steps::reverse(*store.ledger().transfer(id), 60, 40);
  const TransferId by = steps::store(store.ledger(), undo);
  CHECK(steps::balance(store.ledger(), from) == 100);
  CHECK(steps::balance(store.ledger(), to) == 0);
  const std::optional<Transfer> found = store.ledger().reversal_of(id);
  REQUIRE(found);
  CHECK(found->id == by);
  CHECK(found->reverses == id);
  CHECK(found->kind == Kind::reverse);
  CHECK(found->reversed_by == 0);

  steps::store(store.ledger(), steps::deposit(to, 0, 40));
  Posting again = undo;
  again.debit_after = 0;
  again.credit_after = 140;
  CHECK_THROWS_AS(steps::store(store.ledger(), again), Contradiction);
  CHECK(steps::balance(store.ledger(), from) == 100);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A reversed transfer, its key and its row in the history name the reversal",
                   Store, EVERY_STORE) {
  Store store;
  Ledger& books = store.ledger();
  const AccountId from = steps::create(books, 100);
  const AccountId to = steps::create(books, 0);
  const TransferId kept = steps::store(books, steps::transfer(from, 100, to, 0, 10, "kept"));
  const TransferId id = steps::store(books, steps::transfer(from, 90, to, 10, 40, "undone"));
  CHECK_MESSAGE(books.key(from, "undone")->reversed_by == 0, "no reversal is stored yet");
  const TransferId by = steps::store(books, steps::reverse(*books.transfer(id), 50, 50));
  for (int opened = 0; opened < 2; ++opened, store.reopen()) {
    Ledger& now = store.ledger();
    CHECK_MESSAGE(now.transfer(id)->reversed_by == by, "the transfer names its reversal");
    CHECK_MESSAGE(now.key(from, "undone")->reversed_by == by, "the key names the reversal");
    CHECK_MESSAGE(now.transfer(kept)->reversed_by == 0, "another transfer is not reversed");
    CHECK_MESSAGE(now.key(from, "kept")->reversed_by == 0, "another key is not reversed");
    for (const AccountId account : {from, to}) {
      const std::vector<Transfer> rows = now.history(account, steps::newest, 3);
      REQUIRE(rows.size() == 3);
      CHECK_MESSAGE(rows[0].reverses == id, "the reversal's row names the transfer");
      CHECK_MESSAGE(rows[0].reversed_by == 0, "the reversal is not reversed");
      CHECK_MESSAGE(rows[1].reversed_by == by, "the transfer's row names the reversal");
      CHECK_MESSAGE(rows[2].reversed_by == 0, "another transfer's row names no reversal");
    }
  }
}

TEST_CASE_TEMPLATE("A taken key names a reversal that the same unit has stored", Store,
                   EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const TransferId undone = steps::store(store.ledger(), steps::deposit(id, 100, 5, "k"));
  const Posting repeat = steps::deposit(id, 105, 5, "k");
  const auto before =
      steps::undone_by<KeyTaken>(store.ledger(), [&](UnitOfWork& unit) { unit.store(repeat); });
  CHECK_MESSAGE(before.record.reversed_by == 0, "the key is taken, its transfer is not reversed");
  TransferId by = 0;
  const auto after = steps::undone_by<KeyTaken>(store.ledger(), [&](UnitOfWork& unit) {
    by = unit.store(steps::reverse(*store.ledger().transfer(undone), 0, 105));
    unit.store(repeat);
  });
  CHECK_MESSAGE(after.record.reversed_by == by, "the key is taken, its transfer is reversed");
}

TEST_CASE_TEMPLATE("Deposits and withdrawals can be reversed, too", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const TransferId in = steps::store(store.ledger(), steps::deposit(id, 100, 10));
  steps::store(store.ledger(), steps::reverse(*store.ledger().transfer(in), 0, 110));
  CHECK(steps::balance(store.ledger(), id) == 100);
  const TransferId out = steps::store(store.ledger(), steps::withdraw(id, 100, 10));
  steps::store(store.ledger(), steps::reverse(*store.ledger().transfer(out), 90, 0));
  CHECK(steps::balance(store.ledger(), id) == 100);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("A reversal must match its original", Store, EVERY_STORE) {
  Store store;
  const AccountId from = steps::create(store.ledger(), 100);
  const AccountId to = steps::create(store.ledger(), 100);
  const TransferId id = steps::store(store.ledger(), steps::transfer(from, 100, to, 100, 40));
  const Posting right = steps::reverse(*store.ledger().transfer(id), 60, 140);
  std::vector<Posting> wrong(5, right);
  wrong[0].reverses = id + 1;  // does not exist
  wrong[1].amount = 39, wrong[1].debit_after = 101, wrong[1].credit_after = 99;
  wrong[2].debit = from, wrong[2].credit = to;  // not swapped
  wrong[2].debit_after = 20, wrong[2].credit_after = 180;
  wrong[3].reverses = 0;
  wrong[4].claim = Claim{to, "k", Kind::reverse, 0, 40};
  wrong.push_back(steps::deposit(to, 140, 40));
  wrong.back().reverses = id;
  for (const Posting& posting : wrong) {
    CAPTURE(&posting - wrong.data());
    CHECK_THROWS_AS(steps::store(store.ledger(), posting), Contradiction);
  }
  CHECK(steps::balance(store.ledger(), from) == 60);
  CHECK_FALSE(store.ledger().reversal_of(id));
}
