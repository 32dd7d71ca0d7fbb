/// A server that was killed on a full disk starts again and can at least be read.

#include <string>

#include <doctest/doctest.h>

#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
namespace fs = std::filesystem;

namespace {

/// Makes the files of a server that was killed with 150 in account 1 and two starts behind it.
void make_killed(const fs::path& data) {
  const Folder folder;
  const fs::path live = folder.path() / "live";
  steps::create(*open_sqlite(live), 100);
  const auto books = open_sqlite(live);
  for (Cents has = 100; has < 150; ++has) {
    steps::store(*books, steps::deposit(1, has, 1, "key-" + std::to_string(has)));
  }
  const auto unit = books->begin();
  Opening large = steps::opening(0);
  large.pin_hash.assign(3500, 'h');  // a page each, so that a checkpoint needs room for ledger.db
  for (int count = 0; count < 30; ++count) unit->create(large);
  unit->commit();
  copy_killed(live, data);
}

}  // namespace

TEST_CASE("A new ledger is refused on a full disk, and created once there is room") {
  int refused = 0;
  for (std::int64_t room = 0; room < 100'000; room += 2000) {
    CAPTURE(room);
    const Folder folder;
    FaultyVfs machine;
    machine.limit_bytes(room);
    try {
      open_sqlite(folder.path(), {machine.name()});
    } catch (const OpenFailed& failed) {
      ++refused;
      CHECK(says(failed.what(), "database or disk is full (SQLite 13)"));
    }
    machine.heal();
    CHECK(steps::create(*open_sqlite(folder.path(), {machine.name()}), 5) == 1);
  }
  CHECK_MESSAGE(refused > 10, "some openings found too little room for the tables");
}

TEST_CASE("A server killed on a full disk is read again, and written again once there is room") {
  int refused = 0;
  for (std::int64_t room = 0; room < 400'000; room += 10'000) {
    CAPTURE(room);
    const Folder folder;
    const fs::path data = folder.path() / "data";
    make_killed(data);
    FaultyVfs machine;
    const auto taken = fs::file_size(data / "ledger.db") + fs::file_size(data / "ledger.db-wal");
    machine.limit_bytes(static_cast<std::int64_t>(taken) + room);
    auto books = open_sqlite(data, {machine.name()});
    CHECK_MESSAGE(books->start_number() == 3, "the start is counted although the disk is full");
    CHECK_MESSAGE(steps::balance(*books, 1) == 150, "balances can be read");
    CHECK_MESSAGE(books->key(1, "key-149")->reply == 150, "keys can be asked about");
    if (!books->write_refusal().empty()) {
      ++refused;
      CHECK(books->write_refusal() == "database or disk is full (SQLite 13)");
      CHECK_THROWS_AS(books->begin(), StoreFailed);
      CHECK_THROWS_AS(books->begin(), StoreFailed);
    }
    books.reset();
    books = open_sqlite(data, {machine.name()});
    CHECK_MESSAGE(books->start_number() == 4, "no start number is given twice on a full disk");
    machine.heal();
    steps::store(*books, steps::deposit(1, 150, 1));
    CHECK_MESSAGE(books->write_refusal().empty(), "writes work once there is room");
    copy_killed(data, folder.path() / "killed");
    books.reset();
    for (const fs::path& left : {data, folder.path() / "killed"}) {
      books = open_sqlite(left);
      CHECK_MESSAGE(books->start_number() == 5, "the ledger knows the number of the full start");
      CHECK(steps::balance(*books, 1) == 151);
      CHECK(steps::audit(*books).violations == 0);
    }
  }
  CHECK_MESSAGE(refused > 0, "some openings found too little room for the start");
}
