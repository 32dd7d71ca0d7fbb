/// What an error says of itself, and that the worst one can always be told.

#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

// Thrown where COMMIT has failed, perhaps for lack of memory.
static_assert(std::is_nothrow_constructible_v<OutcomeUnknown, const char*>);

TEST_CASE("an unknown outcome says why, cut to what it has room for") {
  CHECK(std::string(OutcomeUnknown("disk I/O error (SQLite 10)").what()) ==
        "disk I/O error (SQLite 10)");
  CHECK(std::string(OutcomeUnknown(std::string(500, 'x').c_str()).what()) == std::string(159, 'x'));
}

TEST_CASE("a full disk is called full, whichever call of it fails") {
  for (int room = 0; room < 20'000; room += 1000) {
    CAPTURE(room);
    const Folder folder;
    FaultyVfs machine;
    const auto books = open_sqlite(folder.path(), {machine.name()});
    steps::create(*books, 100);
    machine.limit_bytes(machine.bytes() + room);
    std::string why;
    try {
      for (int round = 0; round < 100; ++round) {
        const auto unit = books->begin();
        const Cents has = unit->retrieve(1)->balance;
        unit->store(steps::deposit(1, has, 1, "round-" + std::to_string(round)));
        unit->commit();
      }
    } catch (const StoreFailed& failure) {
      why = failure.what();
    }
    machine.heal();
    CHECK(why == "database or disk is full (SQLite 13)");
  }
}

TEST_CASE("an opening of which a sync fails is none") {
  // Else what was to be synced could be gone with the power, and what was told of it untrue.
  for (int well = 0;; ++well) {
    CAPTURE(well);
    const Folder folder;
    FaultyVfs machine;
    machine.order({FaultyVfs::Operation::sync, SQLITE_IOERR_FSYNC, well, false, ""});
    bool opened = true;
    try {
      open_sqlite(folder.path(), {machine.name()})->start_number();
    } catch (const OpenFailed&) {
      opened = false;
    }
    const bool struck = machine.struck();
    machine.heal();
    if (!struck) {
      CHECK(opened);
      break;
    }
    // The last sync is that of the close.
    if (opened) CHECK(open_sqlite(folder.path(), {machine.name()})->start_number() == 2);
    if (well == 2) CHECK_FALSE(opened);
  }
}
