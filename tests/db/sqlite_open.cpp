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
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

/// What open_sqlite() says when it refuses; fails the test if it does not.
std::string refusal(const std::filesystem::path& directory) {
  try {
    open_sqlite(directory);
  } catch (const OpenFailed& refused) {
    return refused.what();
  }
  FAIL("it was opened");
  return {};
}

bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos && message.find('\n') == std::string::npos;
}

}  // namespace

TEST_CASE("a new ledger is for its owner alone, whatever the umask") {
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

TEST_CASE("a closed ledger is one file and its lock") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 100);
  CHECK(std::filesystem::exists(folder.path() / "ledger.db"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "ledger.db-wal"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "ledger.db-shm"));
}

TEST_CASE("a directory may be relative, end in a slash, or be there") {
  const Folder folder;
  const std::filesystem::path slashed = folder.path().string() + "/data/";
  CHECK(open_sqlite(slashed)->start_number() == 1);
  CHECK(open_sqlite(folder.path() / "data")->start_number() == 2);
  CHECK(open_sqlite(std::filesystem::relative(folder.path() / "data"))->start_number() == 3);
}

TEST_CASE("the file is a write-ahead log of ours, synced at each commit") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  Raw raw(folder.path() / "ledger.db");
  CHECK(raw.ask("PRAGMA journal_mode") == "wal");
  CHECK(raw.ask("PRAGMA application_id") == std::to_string(application_id));
  CHECK(raw.ask("PRAGMA user_version") == std::to_string(migrations().size()));
}

TEST_CASE("a second server is refused, in this process or another") {
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

TEST_CASE("a reader from outside holds up no opening, unless there is a log to clear") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 100);
  Raw raw(folder.path() / "ledger.db");
  raw.run("BEGIN; SELECT * FROM accounts;");
  CHECK(open_sqlite(folder.path())->start_number() == 2);
}

TEST_CASE("no directory can be made where its parent is missing or a file") {
  const Folder folder;
  CHECK(says(refusal(folder.path() / "missing" / "data"), "missing/data: "));
  std::ofstream(folder.path() / "file") << "x";
  CHECK(says(refusal(folder.path() / "file"), "Not a directory"));
  CHECK(says(refusal(folder.path() / "file" / "data"), "Not a directory"));
}

TEST_CASE("a directory that may not be written is refused") {
  if (geteuid() == 0) return;  // root may write anywhere
  const Folder folder;
  std::filesystem::create_directory(folder.path() / "data");
  std::filesystem::permissions(folder.path() / "data", std::filesystem::perms::owner_read);
  CHECK(says(refusal(folder.path() / "data"), "Permission denied"));
}

TEST_CASE("a file that is no database is refused and left as it is") {
  const Folder folder;
  const std::string content(8192, 'x');
  std::ofstream(folder.path() / "ledger.db") << content;
  CHECK(says(refusal(folder.path()), "not a database"));
  std::ifstream in(folder.path() / "ledger.db");
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == content);
}

TEST_CASE("another application's file is refused and left as it is") {
  const Folder folder;
  Raw(folder.path() / "ledger.db").run("CREATE TABLE notes (text)");
  CHECK(says(refusal(folder.path()), "another application"));
  Raw(folder.path() / "ledger.db").run("PRAGMA application_id = 7; DROP TABLE notes;");
  CHECK(says(refusal(folder.path()), "another application"));
  CHECK(Raw(folder.path() / "ledger.db").ask("PRAGMA journal_mode") == "delete");
}

TEST_CASE("a newer file is refused") {
  const Folder folder;
  open_sqlite(folder.path());
  Raw(folder.path() / "ledger.db").run("PRAGMA user_version = 1000");
  CHECK(says(refusal(folder.path()), "version 1000"));
  CHECK(Raw(folder.path() / "ledger.db").ask("SELECT value FROM meta") == "1");
}

TEST_CASE("a file of ours without a version is refused") {
  for (const char* version : {"0", "-1"}) {
    CAPTURE(std::string(version));
    const Folder folder;
    open_sqlite(folder.path());
    Raw(folder.path() / "ledger.db").run(std::string("PRAGMA user_version = ") + version);
    CHECK(says(refusal(folder.path()), "no version"));
  }
}

TEST_CASE("a file of nobody's with a version is another application's") {
  const Folder folder;
  Raw(folder.path() / "ledger.db").run("PRAGMA user_version = 1");
  CHECK(says(refusal(folder.path()), "another application"));
}

TEST_CASE("nothing is served that another program keeps from being made durable") {
  const Folder folder;
  open_sqlite(folder.path());
  Raw other(folder.path() / "ledger.db");
  other.run(
      "PRAGMA wal_autocheckpoint = 0; UPDATE meta SET value = value + 1; BEGIN;"
      "SELECT value FROM meta;");
  CHECK(says(refusal(folder.path()), "another program"));
  other.run("COMMIT");
  CHECK(open_sqlite(folder.path())->start_number() == 3);
}

TEST_CASE("a question without a row is answered with nothing") {
  Connection connection(":memory:", SQLITE_OPEN_READWRITE, nullptr);
  CHECK(connection.text("SELECT 'one' WHERE 0").empty());
  CHECK(connection.integer("SELECT 1 WHERE 0") == 0);
}

TEST_CASE("a damaged schema is refused") {
  const Folder folder;
  open_sqlite(folder.path());
  {
    std::fstream file(folder.path() / "ledger.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);  // past the file's header: the page of the schema itself
    file << std::string(200, '\xff');
  }
  CHECK(says(refusal(folder.path()), folder.path().string()));
}

TEST_CASE("a refusal is one line, whatever the file has SQLite quote") {
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

TEST_CASE("a refusal is one line, whatever the directory is called") {
  const Folder folder;
  CHECK(says(refusal(folder.path() / "no\nsuch" / "place"), "no such/place"));
}

TEST_CASE("an empty file is a new ledger: its making was cut short") {
  const Folder folder;
  std::ofstream(folder.path() / "ledger.db").flush();
  CHECK(open_sqlite(folder.path())->start_number() == 1);
}

TEST_CASE("a file that has lost count of its starts is refused") {
  for (const char* damage : {"DELETE FROM meta WHERE name = 'starts'",
                             "UPDATE meta SET value = -2 WHERE name = 'starts'",
                             "UPDATE meta SET value = 9223372036854775807 WHERE name = 'starts'"}) {
    CAPTURE(std::string(damage));
    const Folder folder;
    open_sqlite(folder.path());
    Raw(folder.path() / "ledger.db").run(damage);
    CHECK(says(refusal(folder.path()), "cannot open the ledger"));
  }
}

TEST_CASE("a file of version 1 is read as it was written then") {
  const Folder folder;
  {
    Raw raw(folder.path() / "ledger.db");
    raw.run(std::string(migrations()[0]));
    raw.run("PRAGMA application_id = " + std::to_string(application_id));
    raw.run(R"sql(
      PRAGMA user_version = 1;
      UPDATE meta SET value = 41 WHERE name = 'starts';
      INSERT INTO accounts (id, balance, frozen, pin_version) VALUES (1, 70, 1, 3), (2, 30, 0, 1);
      INSERT INTO pins (account, hash, attempts) VALUES (1, 'one', 2), (2, 'two', 0);
      INSERT INTO transfers VALUES (1, 1, 0, 1, 100, 0, 100, 'new', NULL, 11);
      INSERT INTO transfers VALUES (2, 4, 1, 2, 50, 50, 50, 'over', NULL, 12);
      INSERT INTO transfers VALUES (3, 5, 2, 1, 50, 0, 100, NULL, 2, 13);
      INSERT INTO transfers VALUES (4, 4, 1, 2, 30, 70, 30, NULL, NULL, 14);
      INSERT INTO keys VALUES (0, 'new', 1, 1, 0, 100, 1, 1, 11);
      INSERT INTO keys VALUES (1, 'over', 1, 4, 2, 50, 2, 50, 12);
      INSERT INTO keys VALUES (1, 'dead', 2, 0, 0, 0, NULL, 0, 15);
    )sql");
  }
  const auto books = open_sqlite(folder.path());
  CHECK(books->start_number() == 42);
  CHECK(books->account(1)->balance == 70);
  CHECK(books->account(1)->frozen);
  CHECK(books->account(1)->pin_version == 3);
  CHECK(books->pin(1)->attempts == 2);
  CHECK(books->key(1, "over")->claim.other == 2);
  CHECK(books->key(1, "over")->claim.kind == Kind::transfer);
  CHECK(books->key(1, "dead")->cancelled);
  CHECK(books->reversal_of(2)->id == 3);
  CHECK(steps::audit(*books).violations == 0);
}

TEST_CASE("migrations run from the file's version on, each whole or not at all") {
  const Folder folder;
  Connection connection(folder.file("file.db"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        nullptr);
  const std::array<std::string_view, 3> steps = {
      "CREATE TABLE one (a);", "CREATE TABLE two (b); INSERT INTO two VALUES (1);",
      "INSERT INTO two VALUES (2); INSERT INTO missing VALUES (1);"};
  migrate(connection, std::span(steps).first(1));
  CHECK(connection.integer("PRAGMA user_version") == 1);
  CHECK_THROWS_AS(migrate(connection, steps), SqlError);
  connection.run("ROLLBACK");
  CHECK(connection.integer("PRAGMA user_version") == 2);
  CHECK(connection.integer("SELECT count(*) FROM two") == 1);
  migrate(connection, std::span(steps).first(2));
  CHECK(connection.integer("SELECT count(*) FROM two") == 1);
  CHECK_NOTHROW(check_identity(connection, std::span(steps).first(2)));
  CHECK_THROWS_AS(check_identity(connection, std::span(steps).first(1)), OpenFailed);
}
