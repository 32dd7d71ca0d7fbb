#include <array>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "db/sqlite/database.hpp"
#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/scarce_memory.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

TEST_CASE("A full disk is reported as full, whichever call fails") {
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

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("SQLite out of memory ends like operator new: its handler, or std::bad_alloc") {
  const std::new_handler before = std::get_new_handler();
  const ScarceMemory scarce;
  for (const int code : {SQLITE_NOMEM, SQLITE_IOERR_NOMEM}) {
    CAPTURE(code);
    std::set_new_handler(nullptr);
    CHECK_THROWS_AS(check(code, nullptr), std::bad_alloc);
    std::set_new_handler([] { throw std::runtime_error("the handler"); });
    CHECK_THROWS_WITH(check(code, nullptr), "the handler");
  }
  std::set_new_handler(before);
}
#endif

TEST_CASE("A record too large for any memory is damage, not the end of memory") {
  const Folder folder;
  { steps::create(*open_sqlite(folder.path()), 100); }
  std::fstream file(folder.path() / "ledger.db", std::ios::in | std::ios::out | std::ios::binary);
  // The last row of the schema: the offsets of its rows follow the 8 bytes of the page's header.
  std::array<char, 2> rows{};
  file.seekg(103).read(rows.data(), 2);
  const auto number = [&rows] {
    return static_cast<unsigned char>(rows[0]) * 256 + static_cast<unsigned char>(rows[1]);
  };
  file.seekg(108 + 2 * (number() - 1)).read(rows.data(), 2);
  // Its size and number become 2^64 - 1, the size of its header 16 KiB.
  file.seekp(number()) << std::string(19, '\xff') << '\0';
  file.close();
  CHECK_THROWS_WITH_AS(open_sqlite(folder.path()),
                       doctest::Contains("database disk image is malformed"), OpenFailed);
}

TEST_CASE("An opening whose sync fails is refused") {
  // Otherwise a loss of power could contradict a reply.
  for (int successes = 0;; ++successes) {
    CAPTURE(successes);
    const Folder folder;
    FaultyVfs machine;
    machine.plan({FaultyVfs::Operation::sync, SQLITE_IOERR_FSYNC, successes, false, ""});
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
    // The last sync belongs to the close.
    if (opened) CHECK(open_sqlite(folder.path(), {machine.name()})->start_number() == 2);
    if (successes == 2) CHECK_FALSE(opened);
  }
}

TEST_CASE("A unit that cannot begin throws, and the next one succeeds") {
  const Folder folder;
  FaultyVfs machine;
  const auto books = open_sqlite(folder.path(), {machine.name()});
  Cents has = 100;
  steps::create(*books, has);
  for (const int code : {SQLITE_BUSY, SQLITE_IOERR_SHMLOCK}) {
    for (int successes = 0;; ++successes) {
      CAPTURE(code);
      CAPTURE(successes);
      machine.plan({FaultyVfs::Operation::share, code, successes, true, ""});
      bool begun = true;
      try {
        books->begin();
      } catch (const StoreFailed&) {
        begun = false;
      }
      const bool struck = machine.struck();
      machine.heal();
      CHECK(begun == !struck);
      steps::store(*books, steps::deposit(1, has++, 1));
      if (!struck) break;
    }
  }
  CHECK(steps::balance(*books, 1) == has);
}
