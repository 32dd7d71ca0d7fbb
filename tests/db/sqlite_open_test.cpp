#include <array>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/sqlite/schema.hpp"
#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

}  // namespace

TEST_CASE("The files of a new ledger have mode 0600, whatever the umask") {
  const Folder folder;
  const mode_t before = umask(0);
  const auto books = open_sqlite(folder.path() / "data");
  steps::create(*books, 100);
  umask(before);
  CHECK(mode_of(folder.path() / "data") == 0700);
  for (const char* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm", "lock"}) {
    CAPTURE(std::string(name));
    CHECK(mode_of(folder.path() / "data" / name) == 0600);
  }
}

TEST_CASE("A closed ledger is one file and its lock") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 100);
  CHECK(std::filesystem::exists(folder.path() / "ledger.db"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "ledger.db-wal"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "ledger.db-shm"));
}

TEST_CASE("A directory can be relative, end in a slash, or exist") {
  const Folder folder;
  const std::filesystem::path slashed = folder.path().string() + "/data/";
  CHECK(open_sqlite(slashed)->start_number() == 1);
  CHECK(open_sqlite(folder.path() / "data")->start_number() == 2);
  CHECK(open_sqlite(std::filesystem::relative(folder.path() / "data"))->start_number() == 3);
}

TEST_CASE("The file is in WAL mode and carries our mark and version") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  Raw raw(folder.path() / "ledger.db");
  CHECK(raw.ask("PRAGMA journal_mode") == "wal");
  CHECK(raw.ask("PRAGMA application_id") == std::to_string(application_id));
  CHECK(raw.ask("PRAGMA user_version") == std::to_string(migrations().size()));
}

TEST_CASE("A second server is refused, in this process or another") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  const std::string message = refusal(folder.path());
  CHECK(says(message, folder.path().string()));
  CHECK(says(message, "another server"));
  const pid_t child = fork();
  if (child == 0) {
    try {
      open_sqlite(folder.path());
    } catch (const OpenFailed&) {
      _exit(7);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(steps::create(*books, 0) == 1);
}

TEST_CASE("Another program that reads does not block an opening without a log") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 100);
  Raw raw(folder.path() / "ledger.db");
  raw.run("BEGIN; SELECT * FROM accounts;");
  CHECK(open_sqlite(folder.path())->start_number() == 2);
}

TEST_CASE("A directory without write permission is refused") {
  if (geteuid() == 0) return;  // root may write anywhere
  const Folder folder;
  std::filesystem::create_directory(folder.path() / "data");
  std::filesystem::permissions(folder.path() / "data", std::filesystem::perms::owner_read);
  CHECK(says(refusal(folder.path() / "data"), "Permission denied"));
}

TEST_CASE("A file that is not a database is refused and left unchanged") {
  const Folder folder;
  const std::string content(8192, 'x');
  std::ofstream(folder.path() / "ledger.db") << content;
  CHECK(says(refusal(folder.path()), "not a database (SQLite 26); move ledger.db, "));
  std::ifstream in(folder.path() / "ledger.db");
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == content);
}

TEST_CASE("Another application's file is refused and left unchanged") {
  const Folder folder;
  Raw(folder.path() / "ledger.db").run("CREATE TABLE notes (text)");
  CHECK(says(refusal(folder.path()), "another application"));
  Raw(folder.path() / "ledger.db").run("PRAGMA application_id = 7; DROP TABLE notes;");
  CHECK(says(refusal(folder.path()), "another application"));
  CHECK(Raw(folder.path() / "ledger.db").ask("PRAGMA journal_mode") == "delete");
}

TEST_CASE("A newer file is refused") {
  const Folder folder;
  open_sqlite(folder.path());
  Raw(folder.path() / "ledger.db").run("PRAGMA user_version = 1000");
  CHECK(says(refusal(folder.path()), "version 1000"));
  CHECK(Raw(folder.path() / "ledger.db").ask("SELECT value FROM meta") == "1");
}

TEST_CASE("A file of ours without a version is refused") {
  for (const char* version : {"0", "-1"}) {
    CAPTURE(std::string(version));
    const Folder folder;
    open_sqlite(folder.path());
    Raw(folder.path() / "ledger.db").run(std::string("PRAGMA user_version = ") + version);
    CHECK(says(refusal(folder.path()), "no version"));
  }
}

TEST_CASE("A file with a version but without our mark belongs to another application") {
  const Folder folder;
  Raw(folder.path() / "ledger.db").run("PRAGMA user_version = 1");
  CHECK(says(refusal(folder.path()), "another application"));
}

TEST_CASE("An opening is refused while another program blocks the checkpoint") {
  const Folder folder;
  open_sqlite(folder.path());
  Raw other(folder.path() / "ledger.db");
  other.run(
      "PRAGMA wal_autocheckpoint = 0; UPDATE meta SET value = value + 1 WHERE name = 'starts'; "
      "BEGIN;"
      "SELECT value FROM meta;");
  CHECK(says(refusal(folder.path()), "another program"));
  other.run("COMMIT");
  CHECK(open_sqlite(folder.path())->start_number() == 3);
}

TEST_CASE("A query without a row returns 0 or an empty text") {
  Database database(":memory:", SQLITE_OPEN_READWRITE, nullptr);
  CHECK(database.text("SELECT 'one' WHERE 0").empty());
  CHECK(database.integer("SELECT 1 WHERE 0") == 0);
}

TEST_CASE("A damaged schema is refused") {
  const Folder folder;
  open_sqlite(folder.path());
  {
    std::fstream file(folder.path() / "ledger.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);  // the schema's page, behind the header of the file
    file << std::string(200, '\xff');
  }
  CHECK(says(refusal(folder.path()), folder.path().string()));
}

TEST_CASE("A refusal is one line, whatever SQLite quotes from the file") {
  const Folder folder;
  open_sqlite(folder.path());
  {
    Raw raw(folder.path() / "ledger.db");
    raw.run("PRAGMA writable_schema = ON");
    raw.run("UPDATE sqlite_schema SET name = 'pi' || char(10, 27) || 'ns' WHERE name = 'pins'");
  }
  const std::string said = refusal(folder.path());
  CAPTURE(said);
  CHECK(says(said, "malformed database schema (pi  ns)"));
}

TEST_CASE("A refusal is one line, whatever the name of the directory") {
  const Folder folder;
  CHECK(says(refusal(folder.path() / "no\nsuch" / "place"), "no such/place"));
}

TEST_CASE("An empty file is opened as a new ledger whose creation was interrupted") {
  const Folder folder;
  std::ofstream(folder.path() / "ledger.db").flush();
  CHECK(open_sqlite(folder.path())->start_number() == 1);
}

TEST_CASE("A ledger that is no file, or has a second name, is refused") {
  const Folder folder;
  const std::filesystem::path data = folder.path() / "data";
  const std::filesystem::path file = data / "ledger.db";
  steps::create(*open_sqlite(data), 100);
  std::filesystem::create_hard_link(file, folder.path() / "second");
  CHECK(says(refusal(data), "ledger.db has another name (a hard link); remove the link"));
  std::filesystem::remove(folder.path() / "second");
  CHECK(steps::balance(*open_sqlite(data), 1) == 100);
  std::filesystem::remove_all(data);
  std::filesystem::create_directories(file);
  CHECK(says(refusal(data), "ledger.db is not a file; move "));
  std::filesystem::remove(file);
  REQUIRE(mkfifo(file.c_str(), 0600) == 0);
  CHECK(says(refusal(data), "ledger.db is not a file"));
}

TEST_CASE("A file system that SQLite does not know, or without a log, is refused") {
  const Folder folder;
  CHECK(says(refusal(folder.path(), {"no such"}), "SQLite has no VFS of the name no such"));
  CHECK(says(refusal(folder.path(), {"unix-none"}),
             "its file system does not allow a write-ahead log"));
  CHECK_MESSAGE(open_sqlite(folder.path())->start_number() == 1, "a refusal counts no start");
}

TEST_CASE("A file without a valid count of starts is refused") {
  for (const char* damage : {"DELETE FROM meta WHERE name = 'starts'",
                             "UPDATE meta SET value = -2 WHERE name = 'starts'",
                             "UPDATE meta SET value = 9223372036854775807 WHERE name = 'starts'"}) {
    CAPTURE(std::string(damage));
    const Folder folder;
    open_sqlite(folder.path());
    Raw(folder.path() / "ledger.db").run(damage);
    std::filesystem::remove(folder.path() / "lock");  // it would refuse an older ledger
    CHECK(says(refusal(folder.path()), "count of starts; move ledger.db, "));
  }
}
