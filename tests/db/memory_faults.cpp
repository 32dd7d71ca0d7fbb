#include <memory>

#include <doctest/doctest.h>

#include "db/memory/memory_ledger.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

/// A ledger with account 1, which has 100, and the disk it is on.
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

TEST_CASE("a commit of unknown outcome that took place shows after the restart") {
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

TEST_CASE("a commit of unknown outcome that did not take place never shows") {
  Machine machine;
  machine.disk->fail_commit(CommitFailure::unknown_undone);
  CHECK_THROWS_AS(steps::store(*machine.books, steps::deposit(1, 100, 5, "k")), OutcomeUnknown);
  CHECK_THROWS_AS(machine.books->begin(), StoreFailed);
  machine.restart();
  CHECK(steps::balance(*machine.books, 1) == 100);
  CHECK_FALSE(machine.books->key(1, "k"));
  steps::store(*machine.books, steps::deposit(1, 100, 5));
}

TEST_CASE("a commit refused leaves nothing, and the ledger goes on") {
  Machine machine;
  machine.disk->fail_commit(CommitFailure::refused);
  CHECK_THROWS_AS(steps::store(*machine.books, steps::deposit(1, 100, 5)), StoreFailed);
  CHECK(steps::balance(*machine.books, 1) == 100);
  steps::store(*machine.books, steps::deposit(1, 100, 5));
  CHECK(steps::balance(*machine.books, 1) == 105);
}

TEST_CASE("a store that fails may leave the unit alive") {
  Machine machine;
  const auto unit = machine.books->begin();
  machine.disk->fail_store(StoreFailure::unit_lives, 1);
  unit->store(steps::deposit(1, 100, 1));
  CHECK_THROWS_AS(unit->store(steps::deposit(1, 101, 1)), StoreFailed);
  CHECK(unit->alive());
  unit->store(steps::deposit(1, 101, 1));
  unit->commit();
  CHECK(steps::balance(*machine.books, 1) == 102);
}

TEST_CASE("a store that fails may take the unit with it") {
  Machine machine;
  {
    const auto unit = machine.books->begin();
    machine.disk->fail_store(StoreFailure::unit_lost, 1);
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

TEST_CASE("begin and reads fail when told to, once") {
  Machine machine;
  machine.disk->fail_begin();
  CHECK_THROWS_AS(machine.books->begin(), StoreFailed);
  CHECK(machine.books->begin());
  machine.disk->fail_read(1);
  CHECK(machine.books->account(1));
  CHECK_THROWS_AS(machine.books->pin(1), StoreFailed);
  CHECK(machine.books->pin(1));
}

TEST_CASE("a second unit beside the first is a mistake that is told") {
  Machine machine;
  const auto unit = machine.books->begin();
  CHECK_THROWS_AS(machine.books->begin(), std::logic_error);
  CHECK(unit->alive());
}

TEST_CASE("a restart with a unit under way forgets it") {
  Machine machine;
  auto unit = machine.books->begin();
  unit->store(steps::deposit(1, 100, 1));
  unit.reset();
  machine.restart();
  CHECK(steps::balance(*machine.books, 1) == 100);
}
