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
  const AccountId id = fill(*books, 30'000);
  std::filesystem::create_directory(folder.path() / "copies");
  const std::string path = folder.file("copies/copy.db");
  const auto backup = books->backup(path);
  int batches = 0;
  for (Cents has = 30'000; backup->next(steps::always); ++has, ++batches) {
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
  CHECK(raw.ask("SELECT balance FROM accounts WHERE id = 1") == "30000");
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

TEST_CASE("A copy can have the longest name and path, and a longer one is refused for good") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  fill(*books, 10);
  std::filesystem::path deep = folder.path();
  for (int level = 0; level < 4; ++level) deep /= std::string(200, 'd');  // more than SQLite opens
  std::filesystem::create_directories(deep);
  steps::backup(*books, deep / std::string(255, 'n'));
  CHECK_MESSAGE(names_in(deep) == std::set<std::string>{std::string(255, 'n')},
                "the copy has its name, and no other file is left");
  CHECK_THROWS_WITH_AS(books->backup(deep / std::string(256, 'n')),
                       doctest::Contains("File name too long; choose another path"), BadPath);
  CHECK_THROWS_WITH_AS(books->backup("/" + std::string(5000, 'd') + "/copy"),
                       doctest::Contains("File name too long; choose another path"), BadPath);
  std::filesystem::create_directory_symlink("loop", folder.path() / "loop");
  CHECK_THROWS_AS(books->backup(folder.file("loop/copy")), BadPath);
}

TEST_CASE("A copy goes to the folder that was opened, even if that is renamed") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  fill(*books, 500);
  std::filesystem::create_directory(folder.path() / "copies");
  const auto backup = books->backup(folder.file("copies/copy"));
  std::filesystem::rename(folder.path() / "copies", folder.path() / "renamed");
  std::filesystem::create_directory(folder.path() / "copies");
  steps::finish(*backup);
  CHECK(names_in(folder.path() / "copies").empty());
  CHECK(names_in(folder.path() / "renamed") == std::set<std::string>{"copy"});
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
