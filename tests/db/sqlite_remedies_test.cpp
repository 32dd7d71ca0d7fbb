/// The refusal of a ledger says what to do about it. Doing that, and no more, leads to a served
/// ledger.

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/db/folder.hpp"
#include "tests/db/killed.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
namespace fs = std::filesystem;

namespace {

using Fault = std::pair<std::string, std::function<void(const Killed&)>>;

void put_garbage(const fs::path& file) {
  fs::remove_all(file);
  std::ofstream(file) << std::string(8192, 'x');
}

std::vector<Fault> faults() {
  return {
      {"a ledger lost beside its log", [](const Killed& at) { fs::remove(at.data / "ledger.db"); }},
      {"a ledger and a log lost",
       [](const Killed& at) {
         fs::remove(at.data / "ledger.db");
         fs::remove(at.data / "ledger.db-wal");
       }},
      {"a lost log", [](const Killed& at) { fs::remove(at.data / "ledger.db-wal"); }},
      {"a backup beside a log",
       [](const Killed& at) { fs::copy_file(at.backup, at.data / "ledger.db", over); }},
      {"an older ledger beside a log",
       [](const Killed& at) { fs::copy_file(at.old, at.data / "ledger.db", over); }},
      {"an older ledger",
       [](const Killed& at) {
         open_sqlite(at.data);
         fs::copy_file(at.old, at.data / "ledger.db", over);
       }},
      {"garbage beside a log", [](const Killed& at) { put_garbage(at.data / "ledger.db"); }},
      {"garbage",
       [](const Killed& at) {
         open_sqlite(at.data);
         put_garbage(at.data / "ledger.db");
       }},
      {"garbage without a lock",
       [](const Killed& at) {
         for (const char* name : {"ledger.db-wal", "lock"}) fs::remove(at.data / name);
         put_garbage(at.data / "ledger.db");
       }},
      {"a directory for a ledger",
       [](const Killed& at) {
         fs::remove(at.data / "ledger.db");
         fs::create_directory(at.data / "ledger.db");
       }},
      {"a ledger without a version",
       [](const Killed& at) {
         open_sqlite(at.data);
         Raw(at.data / "ledger.db").run("PRAGMA user_version = 0");
       }},
  };
}

/// Moves the files away that the refusal names.
void obey(const std::string& said, const fs::path& data) {
  const std::size_t moves = said.find("move ");
  REQUIRE_MESSAGE(moves != said.npos, "the refusal does not say what to move away");
  const std::string moved = said.substr(moves, said.find(" away", moves) - moves) + ",";
  for (const char* name : {"ledger.db", "ledger.db-wal", "lock"}) {
    const bool named = moved.find(name + std::string(",")) != moved.npos ||
                       moved.find(name + std::string(" and")) != moved.npos;
    if (named) fs::remove_all(data / name);
  }
}

}  // namespace

TEST_CASE("Doing what a refusal says, and no more, leads to a served ledger") {
  for (const auto& [what, make] : faults()) {
    for (const bool restores : {false, true}) {
      const std::string fault = what;
      CAPTURE(fault);
      const Killed killed;
      make(killed);
      const std::string said = refusal(killed.data);
      CAPTURE(said);
      obey(said, killed.data);
      const bool may_restore = said.find("restore a backup as ledger.db") != said.npos;
      if (restores && may_restore) fs::copy_file(killed.backup, killed.data / "ledger.db");
      REQUIRE_NOTHROW_MESSAGE(open_sqlite(killed.data), "the next opening is refused, too");
      if (restores) CHECK(steps::balance(*open_sqlite(killed.data), 1) >= 100);
    }
  }
}

TEST_CASE("A directory whose parent is missing or a file is refused") {
  const Folder folder;
  CHECK(says(refusal(folder.path() / "missing" / "data"),
             "missing/data: its parent directory does not exist; create that, or choose another"));
  std::ofstream(folder.path() / "file") << "x";
  for (const auto& path : {folder.path() / "file", folder.path() / "file" / "data"}) {
    CHECK(says(refusal(path), "it is not a directory; choose another directory with --data"));
  }
  const fs::path long_name = folder.path() / std::string(300, 'x');
  CHECK(says(refusal(long_name), "cannot create it: File name too long; check the disk"));
  fs::create_symlink("loop", folder.path() / "loop");
  CHECK(says(refusal(folder.path() / "loop"), "cannot open it: "));
}

TEST_CASE("A lock that is not a file is refused, and the ledger served once it is moved away") {
  const Folder folder;
  const fs::path lock = folder.path() / "lock";
  const auto check_refused = [&] {
    CHECK(says(refusal(folder.path()), "its lock is not a file; move lock away"));
    fs::remove(lock);
    CHECK_NOTHROW(open_sqlite(folder.path()));
    fs::remove(lock);
  };
  fs::create_directory(lock);
  check_refused();
  fs::create_symlink("elsewhere", lock);
  check_refused();
  REQUIRE(mkfifo(lock.c_str(), 0600) == 0);
  check_refused();
}

TEST_CASE("An opening is refused while another program has the ledger to itself") {
  const Folder folder;
  open_sqlite(folder.path());
  {
    Raw other(folder.path() / "ledger.db");
    other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    CHECK(says(refusal(folder.path()), "; end the other program that uses ledger.db"));
  }
  CHECK_NOTHROW(open_sqlite(folder.path()));
}
