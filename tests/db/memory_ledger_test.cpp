#include "tests/db/memory/memory_ledger.hpp"

#include <memory>

#include <doctest/doctest.h>

#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

/// A ledger on its disk, with 100 in account 1.
struct Machine {
  std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>();
  std::unique_ptr<Ledger> books = make_memory_ledger(disk);
  Machine() { steps::create(*books, 100); }
  void restart() {
    books.reset();
    books = make_memory_ledger(disk);
  }
};

}  // namespace

TEST_CASE("An unknown commit that took place is visible after a restart") {
  Machine machine;
  machine.disk->fail_commit(CommitFailure::unknown_done);
  CHECK_THROWS_AS(steps::store(*machine.books, steps::deposit(1, 100, 5, "k")), OutcomeUnknown);
  CHECK(steps::balance(*machine.books, 1) == 100);
  CHECK_FALSE(machine.books->key(1, "k"));
  CHECK_THROWS_AS(machine.books->begin(), StoreFailed);
  machine.restart();
  CHECK(steps::balance(*machine.books, 1) == 105);
  CHECK(machine.books->key(1, "k")->reply == 105);
  CHECK(steps::audit(*machine.books).violations == 0);
  steps::store(*machine.books, steps::deposit(1, 105, 5));
  machine.restart();
  CHECK(steps::balance(*machine.books, 1) == 110);
}

TEST_CASE("An unknown commit that did not take place is never visible") {
  Machine machine;
  machine.disk->fail_commit(CommitFailure::unknown_undone);
  CHECK_THROWS_AS(steps::store(*machine.books, steps::deposit(1, 100, 5, "k")), OutcomeUnknown);
  CHECK_THROWS_AS(machine.books->begin(), StoreFailed);
  machine.restart();
  CHECK(steps::balance(*machine.books, 1) == 100);
  CHECK_FALSE(machine.books->key(1, "k"));
  steps::store(*machine.books, steps::deposit(1, 100, 5));
}

TEST_CASE("A refused commit changes nothing, and the ledger goes on") {
  Machine machine;
  machine.disk->fail_commit(CommitFailure::refused);
  CHECK_THROWS_AS(steps::store(*machine.books, steps::deposit(1, 100, 5)), StoreFailed);
  CHECK(steps::balance(*machine.books, 1) == 100);
  steps::store(*machine.books, steps::deposit(1, 100, 5));
  CHECK(steps::balance(*machine.books, 1) == 105);
}

TEST_CASE("A store fails as planned, once, and undoes its unit") {
  Machine machine;
  {
    const auto unit = machine.books->begin();
    machine.disk->fail_store(1);
    unit->store(steps::deposit(1, 100, 1));
    CHECK_THROWS_AS(unit->store(steps::deposit(1, 101, 1)), StoreFailed);
    CHECK_FALSE(unit->alive());
    CHECK_THROWS_AS(unit->retrieve(1), StoreFailed);
    CHECK_THROWS_AS(unit->store(steps::deposit(1, 101, 1)), StoreFailed);
    CHECK_THROWS_AS(unit->commit(), StoreFailed);
  }
  CHECK(steps::balance(*machine.books, 1) == 100);
  steps::store(*machine.books, steps::deposit(1, 100, 1));
}

TEST_CASE("begin() and reads fail as planned, once") {
  Machine machine;
  machine.disk->fail_begin();
  CHECK_THROWS_AS(machine.books->begin(), StoreFailed);
  CHECK(machine.books->begin());
  machine.disk->fail_read(1);
  CHECK(machine.books->account(1));
  CHECK_THROWS_AS(machine.books->pin(1), StoreFailed);
  CHECK(machine.books->pin(1));
}

TEST_CASE("A second unit beside the first is refused as a logic error") {
  Machine machine;
  const auto unit = machine.books->begin();
  CHECK_THROWS_AS(machine.books->begin(), std::logic_error);
  CHECK(unit->alive());
}

TEST_CASE("A restart forgets a unit without commit") {
  Machine machine;
  auto unit = machine.books->begin();
  unit->store(steps::deposit(1, 100, 1));
  unit.reset();
  machine.restart();
  CHECK(steps::balance(*machine.books, 1) == 100);
}
