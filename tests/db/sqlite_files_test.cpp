/// Files that do not belong together, or that are replaced, must never be served.

#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/db/folder.hpp"
#include "tests/db/killed.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
namespace fs = std::filesystem;

namespace {

/// Returns whether another process can open the ledger.
bool opens_in_another_process(const fs::path& directory) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      open_sqlite(directory);
      _exit(0);
    } catch (const OpenFailed&) {
      _exit(1);
    }
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("A killed server's own files are served") {
  for (const std::int64_t checkpoint_after : {small_log, std::int64_t{1} << 30}) {
    const Killed killed(checkpoint_after);
    const auto books = open_sqlite(killed.data);
    CHECK(steps::balance(*books, 1) == 200);
    CHECK(steps::audit(*books).violations == 0);
  }
}

TEST_CASE("A backup beside a log is refused, and served once the log is moved away") {
  for (const std::int64_t checkpoint_after : {small_log, std::int64_t{1} << 30}) {
    const Killed killed(checkpoint_after);
    fs::copy_file(killed.backup, killed.data / "ledger.db", over);
    killed.require_refused("ledger.db is a copy that does not belong to the log beside it");
    fs::remove(killed.data / "lock");
    killed.require_refused("ledger.db is a copy that does not belong to the log beside it");
    fs::remove(killed.data / "ledger.db-wal");
    CHECK(steps::balance(*open_sqlite(killed.data), 1) == 100);
  }
}

TEST_CASE("An older ledger beside a newer log is refused") {
  const Killed killed;
  fs::copy_file(killed.old, killed.data / "ledger.db", over);
  killed.require_refused("ledger.db does not belong to the log beside it");
}

TEST_CASE("Another bank's ledger beside a log is refused") {
  const Killed killed;
  const Killed other;
  for (const fs::path& file : {other.old, other.data / "ledger.db"}) {
    fs::copy_file(file, killed.data / "ledger.db", over);
    killed.require_refused("ledger.db does not belong to the log beside it");
  }
}

TEST_CASE("Another bank's log beside a ledger is refused") {
  const Killed killed;
  const Killed other;
  fs::copy_file(other.data / "ledger.db-wal", killed.data / "ledger.db-wal", over);
  killed.require_refused("ledger.db does not belong to the log beside it");
}

TEST_CASE("A log without its ledger is refused, and is not destroyed") {
  const Killed killed;
  fs::remove(killed.data / "ledger.db");
  killed.require_refused("ledger.db is missing beside its log ledger.db-wal");
  std::ofstream(killed.data / "ledger.db").flush();
  killed.require_refused("ledger.db is missing beside its log ledger.db-wal");
  fs::remove(killed.data / "lock");
  killed.require_refused("ledger.db is missing beside its log ledger.db-wal");
  CHECK_MESSAGE(fs::file_size(killed.data / "ledger.db") == 0, "no new bank was made");
}

TEST_CASE("A directory that has lost its ledger is refused until its lock file is removed") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 100);
  for (const bool empty : {false, true}) {
    fs::remove(folder.path() / "ledger.db");
    if (empty) std::ofstream(folder.path() / "ledger.db").flush();
    CHECK(says(refusal(folder.path()), "ledger.db is missing, and the file lock says that"));
  }
  fs::remove(folder.path() / "lock");
  CHECK(open_sqlite(folder.path())->start_number() == 1);
}

TEST_CASE("A ledger that has lost its log is refused") {
  const Killed killed;
  fs::remove(killed.data / "ledger.db-wal");
  CHECK(says(refusal(killed.data), "its log ledger.db-wal is missing"));
  std::ofstream(killed.data / "ledger.db-wal").flush();
  CHECK(says(refusal(killed.data), "its log ledger.db-wal is missing"));
}

TEST_CASE("A ledger older than its lock file says is refused until that is removed") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 100);
  fs::copy_file(folder.path() / "ledger.db", folder.path() / "old");
  {
    const auto books = open_sqlite(folder.path());
    steps::store(*books, steps::deposit(1, 100, 1));
  }
  fs::copy_file(folder.path() / "old", folder.path() / "ledger.db", over);
  CHECK(says(refusal(folder.path()), "ledger.db is older than the file lock says"));
  fs::remove(folder.path() / "lock");
  CHECK(steps::balance(*open_sqlite(folder.path()), 1) == 100);
}

TEST_CASE("A backup from the same start is refused as older than the lock file says") {
  const Folder folder;
  const std::string backup = folder.file("backup");
  {
    const auto books = open_sqlite(folder.path() / "data");
    steps::create(*books, 100);
    steps::backup(*books, backup);
    steps::store(*books, steps::deposit(1, 100, 1));
  }
  fs::copy_file(backup, folder.path() / "data" / "ledger.db", over);
  CHECK(says(refusal(folder.path() / "data"), "ledger.db is older than the file lock says"));
}

TEST_CASE("Another bank's ledger in place of the own one is refused") {
  const Folder folder;
  for (const char* name : {"one", "two"}) steps::create(*open_sqlite(folder.path() / name), 100);
  fs::copy_file(folder.path() / "two" / "ledger.db", folder.path() / "one" / "ledger.db", over);
  CHECK(says(refusal(folder.path() / "one"), "another ledger"));
}

TEST_CASE("An opening cut short at any point of the lock file's life can be repeated") {
  const Folder folder;
  std::ofstream(folder.path() / "lock") << "ledg";  // a write that a crash has cut short
  CHECK(open_sqlite(folder.path())->start_number() == 1);
  CHECK(open_sqlite(folder.path())->start_number() == 2);
}

TEST_CASE("A linked ledger cannot give two servers one ledger") {
  const Folder folder;
  const fs::path data = folder.path() / "data";
  const fs::path other = folder.path() / "other";
  fs::create_directory(other);
  fs::create_symlink("nowhere", other / "ledger.db");
  CHECK(says(refusal(other), "ledger.db is a symbolic link"));
  fs::remove(other / "ledger.db");
  const auto books = open_sqlite(data);
  fs::create_symlink(data / "ledger.db", other / "ledger.db");
  CHECK_MESSAGE(!opens_in_another_process(other), "through a symbolic link");
  fs::remove(other / "ledger.db");
  fs::create_hard_link(data / "ledger.db", other / "ledger.db");
  CHECK_MESSAGE(!opens_in_another_process(other), "through a hard link");
  fs::remove(other / "ledger.db");
  fs::create_directory_symlink(data, folder.path() / "link");
  CHECK_MESSAGE(!opens_in_another_process(folder.path() / "link"), "through a linked directory");
  fs::remove(data / "lock");
  CHECK_MESSAGE(!opens_in_another_process(data), "after the lock file was removed");
  CHECK(steps::create(*books, 5) == 1);
}

TEST_CASE("A lock file that is a symbolic link is refused") {
  const Folder folder;
  fs::create_symlink(folder.path() / "elsewhere", folder.path() / "lock");
  CHECK(says(refusal(folder.path()), "lock"));
  CHECK_FALSE(fs::exists(folder.path() / "elsewhere"));
}

TEST_CASE("A server goes on in its own directory after that is renamed and replaced") {
  const Folder folder;
  const fs::path data = folder.path() / "data";
  auto books = open_sqlite(data, {"", small_log});
  steps::create(*books, 100);
  fs::rename(data, folder.path() / "renamed");
  const auto other = open_sqlite(data);
  steps::create(*other, 7);
  CHECK_MESSAGE(steps::balance(*books, 1) == 100, "a reader opened later reads the own ledger");
  for (Cents has = 100; has < 150; ++has) {
    steps::store(*books, steps::deposit(1, has, 1));
    books->tidy();
  }
  CHECK_MESSAGE(steps::audit(*books).transfers == 51, "an audit reads the own ledger");
  steps::backup(*books, folder.file("copy"));
  CHECK(Raw(folder.file("copy")).ask("SELECT balance FROM accounts WHERE id = 1") == "150");
  CHECK_THROWS_AS(books->backup(folder.path() / "renamed" / "ledger.db-x"), BadPath);
  books.reset();
  CHECK_MESSAGE(fs::exists(data / "ledger.db-wal"), "closing leaves the other bank's log alone");
  CHECK_MESSAGE(!fs::exists(folder.path() / "renamed" / "ledger.db-wal"),
                "closing ends the own log");
  CHECK(steps::balance(*other, 1) == 7);
  CHECK(steps::balance(*open_sqlite(folder.path() / "renamed"), 1) == 150);
}

TEST_CASE(
    "Reads and writes fail once the ledger or its log is replaced, and closing leaves the new file "
    "alone") {
  for (const char* name : {"ledger.db", "ledger.db-wal"}) {
    CAPTURE(std::string(name));
    const Folder folder;
    const fs::path data = folder.path() / "data";
    const auto other = open_sqlite(folder.path() / "other");
    steps::create(*other, 7);
    auto books = open_sqlite(data);
    steps::create(*books, 100);
    fs::copy_file(folder.path() / "other" / name, folder.path() / "new");
    fs::rename(folder.path() / "new", data / name);
    const std::string before = Killed::content(data / name);
    CHECK_THROWS_AS(books->account(1), StoreFailed);
    CHECK_THROWS_AS(books->audit(), StoreFailed);
    CHECK_THROWS_AS(books->backup(folder.file("copy")), StoreFailed);
    CHECK_THROWS_AS(steps::store(*books, steps::deposit(1, 100, 1)), StoreFailed);
    books.reset();
    CHECK_MESSAGE(Killed::content(data / name) == before, "the new file is unchanged");
  }
}

TEST_CASE("Nothing is stored in a ledger whose files were removed") {
  for (const char* name : {"ledger.db", "ledger.db-wal", ""}) {
    CAPTURE(std::string(name));
    const Folder folder;
    const auto books = open_sqlite(folder.path() / "data");
    steps::create(*books, 100);
    fs::remove_all(folder.path() / "data" / name);
    CHECK_THROWS_WITH_AS(steps::store(*books, steps::deposit(1, 100, 1)),
                         "ledger.db or ledger.db-wal was removed or replaced while in use; move "
                         "the original back, or stop the server, move ledger.db, ledger.db-wal "
                         "and lock away, those that exist, then restore a backup as ledger.db or "
                         "begin an empty bank",
                         StoreFailed);
    CHECK_THROWS_AS(steps::store_tombstone(*books, 1, "key"), StoreFailed);
  }
}

TEST_CASE("Moving the original files back ends the refusals, and nothing is lost") {
  for (const char* name : {"ledger.db", "ledger.db-wal"}) {
    CAPTURE(std::string(name));
    const Folder folder;
    const fs::path data = folder.path() / "data";
    auto books = open_sqlite(data);
    steps::create(*books, 100);
    fs::rename(data / name, folder.path() / "away");
    CHECK_THROWS_AS(steps::store(*books, steps::deposit(1, 100, 1)), StoreFailed);
    fs::rename(folder.path() / "away", data / name);
    CHECK(steps::balance(*books, 1) == 100);
    steps::store(*books, steps::deposit(1, 100, 7));
    books.reset();
    const auto next = open_sqlite(data);
    CHECK(steps::balance(*next, 1) == 107);
    CHECK(steps::audit(*next).violations == 0);
  }
}

TEST_CASE("A backup can be served once a server whose ledger was removed has stopped") {
  const Folder folder;
  const fs::path data = folder.path() / "data";
  auto books = open_sqlite(data);
  steps::create(*books, 100);
  steps::backup(*books, folder.file("backup"));
  fs::remove(data / "ledger.db");
  CHECK_THROWS_AS(steps::store(*books, steps::deposit(1, 100, 1)), StoreFailed);
  books.reset();
  for (const char* name : {"ledger.db-wal", "lock"}) fs::remove(data / name);
  fs::rename(folder.file("backup"), data / "ledger.db");
  CHECK(steps::balance(*open_sqlite(data), 1) == 100);
}
