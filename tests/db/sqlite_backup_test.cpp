#include <fstream>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

/// Stores enough rows for a copy of several batches.
AccountId fill(Ledger& books, int transfers) {
  const AccountId id = steps::create(books, 0);
  const auto unit = books.begin();
  for (Cents has = 0; has < transfers; ++has) {
    unit->store(steps::deposit(id, has, 1, "key-" + std::to_string(has)));
  }
  unit->commit();
  return id;
}

std::set<std::string> names_in(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

/// Returns whether the copy was made.
bool finishes(Ledger& books, const std::string& path) {
  try {
    steps::backup(books, path);
    return true;
  } catch (const StoreFailed&) {
    return false;
  }
}

}  // namespace

TEST_CASE("A copy made beside a writer is one whole file with mode 0600") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  const AccountId id = fill(*books, 15'000);
  std::filesystem::create_directory(folder.path() / "copies");
  const std::string path = folder.file("copies/copy.db");
  const auto backup = books->backup(path);
  int batches = 0;
  for (Cents has = 15'000; backup->next(steps::always); ++has, ++batches) {
    CHECK_FALSE(std::filesystem::exists(path));
    steps::store(*books, steps::deposit(id, has, 1));
    books->tidy();
  }
  CHECK(batches > 3);
  CHECK(names_in(folder.path() / "copies") == std::set<std::string>{"copy.db"});
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600);
  Raw raw(path);
  CHECK(raw.ask("PRAGMA journal_mode") == "delete");
  CHECK(raw.ask("PRAGMA integrity_check") == "ok");
  CHECK(raw.ask("SELECT balance FROM accounts WHERE id = 1") == "15000");
}

TEST_CASE("A copy that has its final name is durable") {
  const Folder folder;
  FaultyVfs machine;
  machine.record_syncs();
  const auto books = open_sqlite(folder.path() / "data", {machine.name()});
  fill(*books, 500);
  REQUIRE(finishes(*books, folder.file("copy.db")));
  machine.lose_power(folder.path() / "left");
  int copies = 0;
  for (const std::string& name : names_in(folder.path() / "left")) {
    if (!name.starts_with(".atm-backup-")) continue;  // its temporary name
    if (name.ends_with("-journal")) continue;         // not one that the copy would use
    ++copies;
    Raw raw(folder.path() / "left" / name);
    CHECK(raw.ask("PRAGMA integrity_check") == "ok");
    CHECK(raw.ask("SELECT balance FROM accounts WHERE id = 1") == "500");
  }
  CHECK(copies == 1);
}

TEST_CASE("A copy that is abandoned halfway is removed") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  fill(*books, 15'000);
  {
    const auto backup = books->backup(folder.file("copy.db"));
    CHECK(backup->next(steps::always));
    CHECK(backup->next(steps::always));
    CHECK(names_in(folder.path()).size() == 2);
  }
  CHECK(names_in(folder.path()) == std::set<std::string>{"data"});
}

TEST_CASE("A copy is refused where a file exists or none can be made") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  fill(*books, 10);
  std::ofstream(folder.path() / "file") << "mine";
  std::filesystem::create_symlink("nowhere", folder.path() / "link");
  for (const char* name : {"file", "link", "data", "missing/copy", "file/copy", "data/ledger.db",
                           "data/ledger.db-journal", "data/../data/ledger.db-x"}) {
    CAPTURE(std::string(name));
    CHECK_THROWS_AS(books->backup(folder.file(name)), BadPath);
  }
  CHECK_THROWS_AS(books->backup(folder.file(std::string(300, 'x'))), BadPath);
  CHECK(names_in(folder.path()) == std::set<std::string>{"data", "file", "link"});
  CHECK(finishes(*books, folder.file("data/copy.db")));
}

TEST_CASE("After any fault during a copy no partial copy stays and the ledger goes on") {
  const FaultyVfs machine;
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data", {machine.name()});
  const AccountId id = fill(*books, 500);
  using Operation = FaultyVfs::Operation;
  Cents has = 500;
  int copies = 0;
  for (const Operation operation :
       {Operation::open, Operation::read, Operation::write, Operation::sync, Operation::truncate}) {
    for (int successes = 0;; ++successes) {
      CAPTURE(successes);
      const_cast<FaultyVfs&>(machine).plan({operation, SQLITE_IOERR, successes, false, ""});
      const std::string name = "copy-" + std::to_string(copies++);
      const bool made = finishes(*books, folder.file(name));
      const bool struck = machine.struck();
      const_cast<FaultyVfs&>(machine).heal();
      CHECK(std::filesystem::exists(folder.file(name)) == made);
      if (made) CHECK(Raw(folder.file(name)).ask("PRAGMA integrity_check") == "ok");
      std::filesystem::remove(folder.file(name));
      CHECK(names_in(folder.path()) == std::set<std::string>{"data"});
      steps::store(*books, steps::deposit(id, has++, 1));
      if (!struck) break;
    }
  }
  CHECK(copies > 20);
  CHECK(steps::audit(*books).violations == 0);
}
