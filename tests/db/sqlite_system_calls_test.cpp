/// The system refuses calls that do not pass through SQLite's file system.

#include <cerrno>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/failing_calls.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
using failing_calls::Call;
using failing_calls::Failure;

namespace fs = std::filesystem;

namespace {

/// Returns the text with which open_sqlite() refuses; empty if it opens.
std::string try_to_open(const fs::path& directory) {
  try {
    open_sqlite(directory);
    return "";
  } catch (const OpenFailed& error) {
    return error.what();
  }
}

/// Bounds the number of open files of the process during its life.
class FileLimit {
 public:
  /// Leaves room for so many more.
  explicit FileLimit(int more) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(STDIN_FILENO);  // the lowest free one
    close(next);
    const rlimit lower{static_cast<rlim_t>(next + more), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &lower);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

/// Makes a ledger of one account with 100 whose server was killed.
void make_killed(const fs::path& data) {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  steps::create(*books, 100);
  copy_killed(folder.path(), data);
}

}  // namespace

TEST_CASE("A copy fails if the system cannot create, link or sync it") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  steps::create(*books, 5);
  const std::string path = folder.file("copy.db");
  for (const Call call : {Call::make_temporary, Call::link, Call::sync_folder}) {
    CAPTURE(static_cast<int>(call));
    const Failure failure(call, 0, EIO);
    CHECK_THROWS_AS(steps::backup(*books, path), StoreFailed);
    CHECK(failure.happened());
    CHECK_MESSAGE(!std::filesystem::exists(path), "a failed copy leaves no file");
  }
  steps::backup(*books, path);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("No ledger is served before its start number is durable in the lock file") {
  const Folder folder;
  for (int successes = 0; successes < 2; ++successes) {
    const Failure failure(Call::sync_lock_file, successes, EIO);
    CHECK(refusal(folder.path() / "data").find("cannot sync") != std::string::npos);
    CHECK_MESSAGE(failure.happened(), "the lock file was written and not synced");
  }
  CHECK(open_sqlite(folder.path() / "data")->start_number() == 3);
}

TEST_CASE("A ledger is refused where its folder cannot be synced or locked") {
  const Folder folder;
  for (int successes = 0; successes < 2; ++successes) {
    const auto directory = folder.path() / std::to_string(successes);
    const Failure failure(Call::sync_folder, successes, EIO);
    CHECK(try_to_open(directory).find(directory) != std::string::npos);
    CHECK(failure.happened());
  }
  const Failure failure(Call::lock, 0, ENOLCK);
  CHECK(try_to_open(folder.path() / "0").find("lock") != std::string::npos);
}

TEST_CASE("A ledger is refused where the process can open no further file") {
  const Folder folder;
  for (int more = 0;; ++more) {
    CAPTURE(more);
    REQUIRE(more < 100);
    const fs::path directory = folder.path() / std::to_string(more);
    std::string message;
    {
      const FileLimit limit(more);
      message = try_to_open(directory);
    }
    if (message.empty()) break;
    CAPTURE(message);
    CHECK(message.find(directory) != std::string::npos);
    const bool says_why = message.find("Too many open files") != std::string::npos;
    CHECK_MESSAGE(says_why, "the refusal names the reason");
    CHECK_MESSAGE(try_to_open(directory).empty(), "it opens once the process may open files");
  }
}

TEST_CASE("An audit without room for open files says so") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  steps::create(*books, 100);
  int refused = 0;
  for (std::string why = "none"; !why.empty(); ++refused) {
    why.clear();
    const FileLimit limit(refused);
    try {
      books->audit();
    } catch (const StoreFailed& error) {
      why = error.what();
      CHECK(why == "unable to open database file: Too many open files (SQLite 14)");
    }
  }
  CHECK_MESSAGE(refused > 2, "neither the ledger nor its log lacked a descriptor");
}

TEST_CASE("A ledger is refused where its lock file or its header cannot be read") {
  const Folder folder;
  make_killed(folder.path() / "data");
  for (int successes = 0; successes < 2; ++successes) {
    const Failure failure(Call::read, successes, EIO);
    CHECK(try_to_open(folder.path() / "data").find(successes == 0 ? "lock" : "ledger.db") !=
          std::string::npos);
    CHECK(failure.happened());
  }
  for (int successes = 0; successes < 2; ++successes) {
    const Failure failure(Call::status, successes, EIO);
    CHECK(try_to_open(folder.path() / "data").find(successes == 0 ? "lock" : "ledger.db: ") !=
          std::string::npos);
    CHECK(failure.happened());
  }
  CHECK(steps::balance(*open_sqlite(folder.path() / "data"), 1) == 100);
}

TEST_CASE("A ledger is refused where its lock file cannot be written") {
  const Folder folder;
  make_killed(folder.path() / "data");
  int refused = 0;
  for (int successes = 0;; ++successes) {
    const Failure failure(Call::write, successes, EIO);
    const std::string message = try_to_open(folder.path() / "data");
    if (!failure.happened()) break;
    if (message.empty()) continue;  // the last write is that of the close
    ++refused;
    CHECK(message.find("its lock file") != std::string::npos);
  }
  CHECK(refused > 1);
  CHECK(steps::balance(*open_sqlite(folder.path() / "data"), 1) == 100);
}

TEST_CASE("A unit fails if the start of the server cannot be written to the lock file") {
  const Folder folder;
  make_killed(folder.path() / "data");
  FaultyVfs machine;
  machine.limit_bytes(0);
  const auto books = open_sqlite(folder.path() / "data", {machine.name()});
  REQUIRE_FALSE(books->write_refusal().empty());
  machine.heal();
  {
    const Failure failure(Call::write, 0, EIO);
    CHECK_THROWS_AS(books->begin(), StoreFailed);
    CHECK(failure.happened());
  }
  CHECK(steps::create(*books, 5) == 2);
}

TEST_CASE("A lock file that cannot be written keeps the log, and does not affect any commit") {
  const Folder folder;
  const fs::path data = folder.path() / "data";
  auto books = open_sqlite(data, {"", 1});  // a checkpoint is due after each commit
  steps::create(*books, 100);
  {
    const Failure failure(Call::write, 0, EIO);
    books->tidy();
    CHECK(failure.happened());
  }
  steps::store(*books, steps::deposit(1, 100, 1));
  {
    const Failure failure(Call::write, 0, EIO);
    books.reset();
    CHECK(failure.happened());
  }
  CHECK_MESSAGE(fs::exists(data / "ledger.db-wal"), "the lock file says that there is a log");
  CHECK(steps::balance(*open_sqlite(data), 1) == 101);
}

TEST_CASE("Reads fail if the system cannot tell which file the ledger is") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  steps::create(*books, 100);
  const Failure failure(Call::status, 0, EIO);
  CHECK_THROWS_AS(books->account(1), StoreFailed);
  CHECK(failure.happened());
  CHECK(steps::balance(*books, 1) == 100);
}
