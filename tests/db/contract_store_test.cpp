#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "tests/db/steps.hpp"
#include "tests/db/stores.hpp"
#include "tests/db/undone.hpp"

using namespace ledger;

TEST_CASE_TEMPLATE("A transfer's row holds both balances after it", Store, EVERY_STORE) {
  Store store;
  const AccountId from = steps::create(store.ledger(), 100);
  const AccountId to = steps::create(store.ledger(), 5);
  Posting posting = steps::transfer(from, 100, to, 5, 40, "k");
  posting.time = 1234;
  const Transfer row = *store.ledger().transfer(steps::store(store.ledger(), posting));
  CHECK(row.kind == Kind::transfer);
  CHECK(row.debit == from);
  CHECK(row.credit == to);
  CHECK(row.amount == 40);
  CHECK(row.debit_balance == 60);
  CHECK(row.credit_balance == 45);
  CHECK(row.key == "k");
  CHECK(row.reverses == 0);
  CHECK(row.time == 1234);
  CHECK(steps::balance(store.ledger(), from) == 60);
  CHECK(steps::balance(store.ledger(), to) == 45);
}

TEST_CASE_TEMPLATE("The balance of the vault is ignored and not stored", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  Posting in = steps::deposit(id, 100, 10);
  in.debit_after = 999;
  Posting out = steps::withdraw(id, 110, 20);
  out.credit_after = 999;
  const Transfer deposited = *store.ledger().transfer(steps::store(store.ledger(), in));
  const Transfer withdrawn = *store.ledger().transfer(steps::store(store.ledger(), out));
  CHECK(deposited.debit == vault);
  CHECK(deposited.debit_balance == 0);
  CHECK(deposited.key.empty());
  CHECK(withdrawn.credit == vault);
  CHECK(withdrawn.credit_balance == 0);
  CHECK_FALSE(store.ledger().account(vault));
}

TEST_CASE_TEMPLATE("A ledger that begins units of work gives no reason against it", Store,
                   EVERY_STORE) {
  Store store;
  CHECK(store.ledger().write_refusal().empty());
  CHECK(steps::create(store.ledger(), 1) == 1);
}

TEST_CASE_TEMPLATE("Transfer numbers grow", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const TransferId first = steps::store(store.ledger(), steps::deposit(id, 100, 1));
  CHECK(steps::store(store.ledger(), steps::deposit(id, 101, 1)) > first);
}

TEST_CASE_TEMPLATE("A contradiction undoes its unit", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 100);
  const AccountId full = steps::create(store.ledger(), largest_amount);
  const AccountId nobody = full + 1;
  std::vector<Posting> wrong = {
      steps::deposit(id, 99, 5, "w"),               // not computed from its balance
      steps::deposit(nobody, 0, 5, "w"),            // no such account
      steps::withdraw(nobody, 9, 5, "w"),           //
      steps::withdraw(id, 107, 108, "w"),           // below zero
      steps::withdraw(id, 107, 0, "w"),             // no amount
      steps::deposit(id, 107, -1, "w"),             //
      steps::deposit(id, 107, largest_amount + 1),  //
      steps::transfer(id, 107, id, 107, 5),         // to itself
      steps::transfer(id, 107, nobody, 0, 5),       // its debit alone would be valid
      steps::transfer(id, 107, full, 3, 5),         //
      steps::transfer(id, 107, vault, 0, 5),        // not a transfer
      steps::deposit(vault, 0, 5),                  //
      steps::deposit(-1, 0, 5),                     //
      Posting(),                                    //
  };
  wrong.push_back(steps::withdraw(id, 107, 5));
  wrong.back().debit = -1;
  wrong.push_back(steps::deposit(id, 107, 5));
  wrong.back().debit = full;  // a deposit from an account
  wrong.push_back(steps::transfer(vault, 0, id, 107, 5));
  wrong.push_back(steps::deposit(id, 107, 5));
  wrong.back().kind = Kind::none;
  wrong.push_back(steps::deposit(id, 107, 5, std::string(65, 'k')));
  wrong.push_back(steps::deposit(id, 107, 5, "w"));
  wrong.back().claim->key.clear();
  wrong.push_back(steps::deposit(id, 107, 5, "w"));
  wrong.back().claim->account = full;  // a claim of another account
  wrong.push_back(steps::deposit(id, 107, 5, "w"));
  wrong.back().claim->amount = 6;
  wrong.push_back(steps::deposit(id, 107, 5, "w"));
  wrong.back().claim->kind = Kind::withdraw;
  wrong.push_back(steps::transfer(id, 107, full, largest_amount, 5, "w"));
  wrong.back().claim->other = nobody;
  wrong.push_back(steps::deposit(id, 107, 5, "w"));
  wrong.back().reply = 111;  // not the new balance
  wrong.push_back(steps::withdraw(id, 107, 5, "w"));
  wrong.back().reply = 107;
  for (const Posting& posting : wrong) {
    CAPTURE(&posting - wrong.data());
    steps::undone_by<Contradiction>(store.ledger(), [&](UnitOfWork& unit) {
      unit.store(steps::deposit(id, 100, 7));
      unit.store(posting);
    });
    CHECK(steps::balance(store.ledger(), id) == 100);
    CHECK_FALSE(store.ledger().key(id, "w"));
  }
  const AuditReport report = steps::audit(store.ledger());
  CHECK(report.violations == 0);
  CHECK(report.transfers == 2);
}

TEST_CASE_TEMPLATE("An opening whose claim does not agree with it is refused", Store, EVERY_STORE) {
  Store store;
  std::vector<Opening> wrong(5, steps::opening(25, "w"));
  wrong[0].claim->account = 1;
  wrong[1].claim->kind = Kind::deposit;
  wrong[2].claim->other = 1;
  wrong[3].claim->amount = 24;
  wrong[4].claim->key = std::string(65, 'k');
  for (const Opening& opening : wrong) {
    CAPTURE(&opening - wrong.data());
    steps::undone_by<Contradiction>(store.ledger(),
                                    [&](UnitOfWork& unit) { unit.create(opening); });
    CHECK_FALSE(store.ledger().account(1));
    CHECK_FALSE(store.ledger().key(0, "w"));
  }
  CHECK(steps::create(store.ledger(), 25, "w") == 1);
}

TEST_CASE_TEMPLATE("No balance leaves its bounds", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0);
  {
    const auto unit = store.ledger().begin();
    for (Cents has = 0; has < largest_balance; has += largest_amount) {
      unit->store(steps::deposit(id, has, largest_amount));
    }
    unit->commit();
  }
  CHECK(steps::balance(store.ledger(), id) == largest_balance);
  CHECK_THROWS_AS(steps::store(store.ledger(), steps::deposit(id, largest_balance, 1)),
                  Contradiction);
  CHECK(steps::balance(store.ledger(), id) == largest_balance);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("The opening balance of a new account comes from the vault", Store,
                   EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 25, "new");
  const Account account = *store.ledger().account(id);
  CHECK(account.id == id);
  CHECK(account.balance == 25);
  CHECK_FALSE(account.frozen);
  CHECK(account.pin_version == 1);
  const std::vector<Transfer> history = store.ledger().history(id, steps::newest, 10);
  REQUIRE(history.size() == 1);
  CHECK(history[0].kind == Kind::create);
  CHECK(history[0].debit == vault);
  CHECK(history[0].credit_balance == 25);
  CHECK(history[0].key == "new");
  const KeyRecord row = *store.ledger().key(0, "new");
  CHECK(row.reply == id);
  CHECK(row.transfer == history[0].id);
}

TEST_CASE_TEMPLATE("A new account without balance has no transfer", Store, EVERY_STORE) {
  Store store;
  const AccountId id = steps::create(store.ledger(), 0, "new");
  CHECK(store.ledger().history(id, steps::newest, 10).empty());
  const KeyRecord row = *store.ledger().key(0, "new");
  CHECK(row.reply == id);
  CHECK(row.transfer == 0);
  CHECK_FALSE(row.cancelled);
  CHECK(steps::audit(store.ledger()).violations == 0);
}

TEST_CASE_TEMPLATE("Accounts are numbered from 1", Store, EVERY_STORE) {
  Store store;
  CHECK(steps::create(store.ledger(), 0) == 1);
  CHECK(steps::create(store.ledger(), 0) == 2);
  store.reopen();
  CHECK(steps::create(store.ledger(), 0) == 3);
}

TEST_CASE_TEMPLATE("An opening with a bad balance is refused", Store, EVERY_STORE) {
  Store store;
  Opening other = steps::opening(5, "k");
  other.claim->amount = 6;
  for (const Opening& wrong : {steps::opening(-1), steps::opening(largest_amount + 1), other}) {
    steps::undone_by<Contradiction>(store.ledger(), [&](UnitOfWork& unit) { unit.create(wrong); });
  }
  CHECK(steps::create(store.ledger(), 5, "k") == 1);
  CHECK(steps::audit(store.ledger()).accounts == 1);
}
