#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
using Operation = FaultyVfs::Operation;

namespace {

constexpr AccountId accounts = 8;
constexpr Cents opening_balance = 1000;

std::unique_ptr<Ledger> with_accounts(const std::filesystem::path& directory,
                                      const FaultyVfs& machine) {
  auto books = open_sqlite(directory, {machine.name(), 64 * 1024});
  for (AccountId id = 1; id <= accounts; ++id) steps::create(*books, opening_balance);
  return books;
}

Cents total(Ledger& books) {
  Cents sum = 0;
  for (AccountId id = 1; id <= accounts; ++id) sum += steps::balance(books, id);
  return sum;
}

enum class End : std::uint8_t { committed, failed, unknown };

/// Returns how a unit with this work ends.
template <typename Work>
End end_of_unit(Ledger& books, const Work& work) {
  try {
    const auto unit = books.begin();
    work(*unit);
    unit->commit();
    return End::committed;
  } catch (const StoreFailed&) {
    return End::failed;
  } catch (const OutcomeUnknown&) {
    return End::unknown;
  }
}

/// A deposit of 1 into every account, in one unit.
End deposit_into_all(Ledger& books, int round) {
  return end_of_unit(books, [round](UnitOfWork& unit) {
    for (AccountId id = 1; id <= accounts; ++id) {
      const Cents has = unit.retrieve(id)->balance;
      unit.store(steps::deposit(id, has, 1, "round-" + std::to_string(round)));
    }
  });
}

/// A unit of some thirty pages.
End create_many(Ledger& books) {
  return end_of_unit(books, [](UnitOfWork& unit) {
    Opening opening = steps::opening(0);
    opening.pin_hash.assign(3500, 'h');
    for (int count = 0; count < 30; ++count) unit.create(opening);
  });
}

template <typename Step>
bool throws_store_failed(Step step) {
  try {
    step();
    return false;
  } catch (const StoreFailed&) {
    return true;
  }
}

}  // namespace

TEST_CASE("A full disk is reported before COMMIT, and commits work again once there is room") {
  const Folder folder;
  FaultyVfs machine;
  const auto books = with_accounts(folder.path(), machine);
  Cents expected = total(*books);
  int round = 0;
  int refused = 0;
  // The room grows by a fraction of a frame, so that the disk fills up at every write.
  for (int step = 0; step < 300; ++step) {
    machine.limit_bytes(machine.bytes() + (step % 80) * 1000);
    for (int unit = 0; unit < 4; ++unit) {
      const End end = deposit_into_all(*books, ++round);
      REQUIRE(end != End::unknown);
      if (end == End::committed) expected += accounts;
      if (end == End::failed) ++refused;
      REQUIRE(total(*books) == expected);
    }
    machine.heal();
    books->tidy();
  }
  CHECK(refused > 100);
  CHECK(deposit_into_all(*books, ++round) == End::committed);
  CHECK(steps::audit(*books).violations == 0);
}

TEST_CASE("A disk that fills up under a large unit is reported before COMMIT") {
  int refused = 0;
  int committed = 0;
  for (int room = 0; room < 200'000; room += 3000) {
    CAPTURE(room);
    const Folder folder;
    FaultyVfs machine;
    const auto books = with_accounts(folder.path(), machine);
    machine.limit_bytes(machine.bytes() + room);
    const End end = create_many(*books);
    CHECK(end != End::unknown);
    (end == End::committed ? committed : refused) += 1;
    CHECK(books->account(accounts + 1).has_value() == (end == End::committed));
    machine.heal();
    CHECK(create_many(*books) == End::committed);
  }
  CHECK(refused > 0);
  CHECK(committed > 0);
}

TEST_CASE("After any fault in a unit, the unit is stored, not stored, or reported as unknown") {
  for (const Operation operation :
       {Operation::open, Operation::read, Operation::write, Operation::sync, Operation::truncate}) {
    for (const int code : {SQLITE_IOERR, SQLITE_FULL}) {
      for (int successes = 0;; ++successes) {
        CAPTURE(static_cast<int>(operation));
        CAPTURE(successes);
        const Folder folder;
        FaultyVfs machine;
        with_accounts(folder.path(), machine).reset();
        auto books = open_sqlite(folder.path(), {machine.name()});
        machine.plan({operation, code, successes, false, ""});
        const End end = deposit_into_all(*books, 1);
        const bool struck = machine.struck();
        machine.heal();
        const Cents before = accounts * opening_balance;
        const Cents after = before + accounts;
        CHECK(total(*books) == (end == End::committed ? after : before));
        if (end == End::unknown) {
          CHECK_THROWS_AS(books->begin(), StoreFailed);
        } else {
          CHECK(deposit_into_all(*books, 2) == End::committed);
          CHECK(steps::audit(*books).violations == 0);
        }
        books.reset();
        books = open_sqlite(folder.path(), {machine.name()});
        if (end == End::unknown) CHECK((total(*books) == before || total(*books) == after));
        CHECK(steps::audit(*books).violations == 0);
        if (!struck) break;
      }
    }
  }
}

TEST_CASE("A store that fails for the machine undoes its unit") {
  for (const int code : {SQLITE_IOERR_READ, SQLITE_FULL, SQLITE_CORRUPT}) {
    for (int successes = 0;; ++successes) {
      CAPTURE(code);
      CAPTURE(successes);
      const Folder folder;
      FaultyVfs machine;
      with_accounts(folder.path(), machine).reset();
      const auto books = open_sqlite(folder.path(), {machine.name()});
      auto unit = books->begin();
      unit->set_frozen(1, true);
      machine.plan({Operation::read, code, successes, false, ""});
      const Posting posting = steps::transfer(2, opening_balance, 3, opening_balance, 5, "k");
      const bool failed = throws_store_failed([&] { unit->store(posting); });
      const bool struck = machine.struck();
      machine.heal();
      CHECK(failed == struck);
      CHECK(unit->alive() == !failed);
      CHECK(throws_store_failed([&] { unit->retrieve(2); }) == failed);
      CHECK(throws_store_failed([&] { unit->commit(); }) == failed);
      CHECK(books->account(1)->frozen == !failed);
      CHECK(books->key(2, "k").has_value() == !failed);
      CHECK(total(*books) == accounts * opening_balance);
      unit.reset();
      if (failed) steps::store(*books, posting);
      CHECK(steps::audit(*books).violations == 0);
      if (!struck) break;
    }
  }
}

TEST_CASE("A failure of COMMIT itself is reported as unknown, and no unit begins any more") {
  const Folder folder;
  FaultyVfs machine;
  auto books = with_accounts(folder.path(), machine);
  machine.plan({Operation::sync, SQLITE_IOERR_FSYNC, 0, false, "-wal"});
  CHECK(deposit_into_all(*books, 1) == End::unknown);
  CHECK(total(*books) == accounts * opening_balance);
  CHECK_FALSE(books->key(1, "round-1"));
  CHECK_THROWS_AS(books->begin(), StoreFailed);
  books->tidy();
  // The frames are in the file but perhaps not on the disk: the next opening finds them.
  books.reset();
  books = open_sqlite(folder.path());
  CHECK(total(*books) == accounts * (opening_balance + 1));
  CHECK(books->key(1, "round-1"));
  CHECK(steps::audit(*books).violations == 0);
}

TEST_CASE("A failed checkpoint does not affect any commit") {
  const Folder folder;
  FaultyVfs machine;
  const auto books = with_accounts(folder.path(), machine);
  int round = 0;
  for (const Operation operation : {Operation::write, Operation::sync}) {
    machine.plan({operation, SQLITE_IOERR, 0, true, "ledger.db"});
    for (int unit = 0; unit < 50; ++unit) {
      CHECK(deposit_into_all(*books, ++round) == End::committed);
      books->tidy();
    }
    CHECK(machine.struck());
    machine.heal();
    books->tidy();
  }
  CHECK(total(*books) == accounts * (opening_balance + round));
  CHECK(steps::audit(*books).violations == 0);
}

TEST_CASE("A failed read throws, and the next one succeeds") {
  const Folder folder;
  FaultyVfs machine;
  with_accounts(folder.path(), machine).reset();
  const auto books = open_sqlite(folder.path(), {machine.name()});
  machine.plan({Operation::read, SQLITE_IOERR_READ, 0, true, ""});
  CHECK_THROWS_AS(books->account(1), StoreFailed);
  CHECK_THROWS_AS(books->pin(1), StoreFailed);
  CHECK_THROWS_AS(books->key(1, "k"), StoreFailed);
  CHECK_THROWS_AS(books->transfer(1), StoreFailed);
  CHECK_THROWS_AS(books->reversal_of(1), StoreFailed);
  CHECK_THROWS_AS(books->history(1, steps::newest, 1), StoreFailed);
  CHECK_THROWS_AS(books->audit(), StoreFailed);
  machine.plan({Operation::open, SQLITE_CANTOPEN, 0, true, ""});
  CHECK_THROWS_AS(books->account(1), StoreFailed);
  machine.heal();
  CHECK(steps::balance(*books, 1) == opening_balance);
}

TEST_CASE("An audit whose read fails throws, and reports no violation") {
  const Folder folder;
  FaultyVfs machine;
  with_accounts(folder.path(), machine).reset();
  const auto books = open_sqlite(folder.path(), {machine.name()});
  for (int successes = 0;; ++successes) {
    CAPTURE(successes);
    machine.plan({Operation::read, SQLITE_IOERR_READ, successes, false, ""});
    try {
      const std::int64_t violations = steps::audit(*books).violations;
      CHECK(violations == 0);
      CHECK_FALSE(machine.struck());
    } catch (const StoreFailed&) {
      CHECK(machine.struck());
    }
    if (!machine.struck()) break;
  }
}

TEST_CASE("After any fault during an opening, the next opening continues from there") {
  for (const Operation operation : {Operation::open, Operation::read, Operation::write,
                                    Operation::sync, Operation::truncate, Operation::remove}) {
    const Folder folder;
    FaultyVfs machine;
    std::int64_t latest = 0;
    for (int successes = 0;; ++successes) {
      CAPTURE(static_cast<int>(operation));
      CAPTURE(successes);
      // Every other time on a new ledger.
      const std::filesystem::path directory =
          folder.path() / (successes % 2 == 0 ? "old" : "new-" + std::to_string(successes));
      machine.plan({operation, SQLITE_IOERR, successes / 2, false, ""});
      try {
        const std::int64_t number = open_sqlite(directory, {machine.name()})->start_number();
        CHECK((number > latest || successes % 2 != 0));
        if (successes % 2 == 0) latest = number;
      } catch (const OpenFailed& failed) {
        CHECK(std::string(failed.what()).find(directory.string()) != std::string::npos);
      }
      const bool struck = machine.struck();
      machine.heal();
      CHECK(steps::create(*open_sqlite(directory, {machine.name()}), 5) > 0);
      if (!struck && successes > 1) break;
    }
  }
}
