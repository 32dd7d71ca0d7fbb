/// The account table: which row a reader gets, and when an entry is dropped.

#include "server/bank/account_table.hpp"

#include <list>

#include <doctest/doctest.h>

#include "server/bank/commit_order.hpp"
#include "tests/bank/shelf.hpp"

using bank::AccountTable;
using bank::Batch;
using bank::BatchRef;
using bank::CommitOrder;
using State = Batch::State;

namespace {

/// A ledger with some accounts of 100 each, a table and an order.
struct Desk {
  explicit Desk(int accounts = 1) : table(furnished(accounts)) {}
  ledger::Ledger& furnished(int accounts) {
    const auto unit = shelf.ledger().begin();
    for (int i = 0; i < accounts; ++i) unit->create({"none", 100, std::nullopt, 1});
    unit->commit();
    return shelf.ledger();
  }
  ledger::Cents balance(ledger::AccountId id) { return table.load(id)->account.balance; }
  /// Orders a change of the balance. The test decides it.
  BatchRef set_balance(ledger::AccountId id, ledger::Cents to) {
    return order
        .order(
            {}, [](ledger::UnitOfWork&) {},
            [&](const BatchRef& batch) {
              table.change(
                  id, [to](ledger::Account& row) { row.balance = to; }, batch);
            })
        .batch;
  }
  void decide(State state) { order.decide(order.lead(), state, "refused"); }
  rig::Shelf shelf{rig::Store::memory};
  AccountTable table;
  CommitOrder order;
};

}  // namespace

TEST_CASE("a reader gets the ordered row, and after a revocation the durable one") {
  Desk desk;
  const AccountTable::Use use(desk.table, 1);
  CHECK(desk.balance(1) == 100);
  const BatchRef batch = desk.set_balance(1, 40);
  CHECK(desk.balance(1) == 40);
  CHECK(desk.table.load(1)->batch == batch);
  desk.decide(State::revoked);
  CHECK(desk.balance(1) == 100);
  CHECK(desk.table.load(1)->batch == nullptr);
}

TEST_CASE("a row can be read without a reference to its entry") {
  Desk desk;
  CHECK(desk.balance(1) == 100);
  CHECK_FALSE(desk.table.load(2));
}

TEST_CASE("a change of a row that was revoked since it was read is refused") {
  Desk desk;
  const AccountTable::Use use(desk.table, 1);
  bank::RestsOn rests_on;
  rests_on.read_in(desk.order.epoch());
  desk.table.load(1);
  desk.set_balance(1, 40);
  desk.decide(State::revoked);
  const auto freeze = [&](const BatchRef& batch) {
    desk.table.change(
        1, [](ledger::Account& row) { row.frozen = true; }, batch);
  };
  CHECK_THROWS_AS(desk.order.order(
                      rests_on, [](ledger::UnitOfWork&) {}, freeze),
                  ledger::StoreFailed);
  CHECK_MESSAGE(desk.balance(1) == 100, "the freeze has revived the revoked balance");
  CHECK(desk.order.waiting() == 0);
}

TEST_CASE("a row of an unknown or abandoned batch stays, and its account is in doubt") {
  Desk desk(3);
  const AccountTable::Use first(desk.table, 1);
  const AccountTable::Use second(desk.table, 2);
  const AccountTable::Use third(desk.table, 3);
  for (const int id : {1, 2, 3}) desk.table.load(id);
  desk.set_balance(1, 40);
  const BatchRef taken = desk.order.lead();
  desk.set_balance(1, 30);
  desk.set_balance(2, 20);
  desk.order.decide(taken, State::unknown, "closed");
  CHECK_MESSAGE(desk.balance(1) == 30, "the file is read, although it may miss a change");
  CHECK(desk.table.load(1)->batch->state() == State::abandoned);
  CHECK(desk.table.is_in_doubt(1));
  CHECK(desk.table.is_in_doubt(2));
  CHECK_FALSE(desk.table.is_in_doubt(3));
  CHECK_FALSE(desk.table.is_in_doubt(4));
}

TEST_CASE("an account that does not exist leaves no entry") {
  Desk desk;
  {
    const AccountTable::Use use(desk.table, 9);
    CHECK_FALSE(desk.table.load(9));
    CHECK(desk.table.size() == 1);
  }
  CHECK(desk.table.size() == 0);
}

TEST_CASE("the table keeps a bounded number of rows, and every row that is not durable") {
  constexpr int accounts = static_cast<int>(AccountTable::most_kept) + 100;
  Desk desk(accounts);
  std::list<AccountTable::Use> used;  // more than one step of the search looks at
  for (const int id : {3, 4, 5, 6, 7, 8}) {
    used.emplace_back(desk.table, id);
    desk.table.load(id);
  }
  const auto set_balance = [&](ledger::AccountId id) {
    const AccountTable::Use use(desk.table, id);
    desk.table.load(id);
    desk.set_balance(id, 40);
  };
  set_balance(2);
  desk.decide(State::revoked);
  set_balance(1);
  const auto touch_all = [&] {
    for (int id = 1; id <= accounts; ++id) {
      const AccountTable::Use use(desk.table, id);
      desk.table.load(id);
    }
  };
  for (int round = 0; round < 2; ++round) touch_all();
  CHECK(desk.table.size() <= AccountTable::most_kept + used.size() + 1);
  const AccountTable::Use use(desk.table, 1);
  CHECK_MESSAGE(desk.balance(1) == 40, "a row that is not durable was dropped");
}

TEST_CASE("the numbers of new accounts follow the last account and are never given twice") {
  Desk desk(2);
  CHECK(desk.table.next_number() == 3);
  CHECK_MESSAGE(desk.table.next_number() == 3, "a number that no account has is lost");
  desk.table.take_number();
  CHECK(desk.table.next_number() == 4);
}
