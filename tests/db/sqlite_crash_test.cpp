#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
using Operation = FaultyVfs::Operation;

namespace {

/// Copies the files as a process that dies now leaves them, on a machine that goes on.
void copy_files(const std::filesystem::path& from, const std::filesystem::path& into) {
  std::filesystem::create_directory(into);
  for (const char* name : {"ledger.db", "ledger.db-wal"}) {
    if (std::filesystem::exists(from / name)) std::filesystem::copy_file(from / name, into / name);
  }
}

/// Deposits without end and reports each balance after its commit. For a child process.
[[noreturn]] void deposit_until_killed(const std::filesystem::path& directory, int tell) {
  const auto books = open_sqlite(directory, {"", 16 * 1024});
  const AccountId id = steps::create(*books, 0);
  for (Cents has = 0;; ++has) {
    steps::store(*books, steps::deposit(id, has, 1, "key-" + std::to_string(has)));
    if (write(tell, &has, sizeof has) != sizeof has) _exit(1);
    books->tidy();
  }
}

}  // namespace

TEST_CASE("A server killed at any moment keeps every balance that it has reported") {
  for (const int told_before_kill : {1, 7, 60}) {
    const Folder folder;
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    if (child == 0) deposit_until_killed(folder.path(), pipe_ends[1]);
    close(pipe_ends[1]);
    Cents told = -1;
    int count = 0;
    while (count < told_before_kill && read(pipe_ends[0], &told, sizeof told) == sizeof told)
      ++count;
    kill(child, SIGKILL);
    while (read(pipe_ends[0], &told, sizeof told) == sizeof told) ++count;
    close(pipe_ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(count >= told_before_kill);

    const auto books = open_sqlite(folder.path());
    CHECK(books->start_number() == 2);
    CHECK(steps::balance(*books, 1) >= told + 1);
    CHECK(books->key(1, "key-" + std::to_string(told))->reply == told + 1);
    CHECK(steps::audit(*books).violations == 0);
  }
}

TEST_CASE("A committed unit survives a loss of power, an uncommitted one does not") {
  const Folder folder;
  FaultyVfs machine;
  machine.record_syncs();
  const auto books = open_sqlite(folder.path() / "data", {machine.name(), 16 * 1024});
  const AccountId id = steps::create(*books, 0);
  for (Cents has = 0; has < 30; ++has) {
    CAPTURE(has);
    const auto unit = books->begin();
    unit->store(steps::deposit(id, has, 1));
    const std::string before = "before-" + std::to_string(has);
    machine.lose_power(folder.path() / before);
    CHECK(steps::balance(*open_sqlite(folder.path() / before), id) == has);
    unit->commit();
    const std::string after = "after-" + std::to_string(has);
    machine.lose_power(folder.path() / after);
    books->tidy();
    const std::string tidied = "tidied-" + std::to_string(has);
    machine.lose_power(folder.path() / tidied);
    for (const std::string& name : {after, tidied}) {
      const auto left = open_sqlite(folder.path() / name);
      CHECK(steps::balance(*left, id) == has + 1);
      CHECK(steps::audit(*left).violations == 0);
    }
  }
}

TEST_CASE("A unit is stored wholly or not at all, whichever of its writes reach the disk") {
  const Folder folder;
  FaultyVfs machine;
  machine.record_syncs();
  const auto books = open_sqlite(folder.path() / "data", {machine.name(), 16 * 1024});
  const AccountId one = steps::create(*books, 1000);
  const AccountId two = steps::create(*books, 0);
  int done = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const Cents moved = seed;
    const std::filesystem::path left = folder.path() / ("left-" + std::to_string(seed));
    {
      const auto unit = books->begin();
      unit->store(steps::transfer(one, 1000 - moved, two, moved, 1, std::to_string(seed)));
      machine.before_next_sync([&] { machine.lose_power(left, PowerLoss{seed}); });
      unit->commit();
    }
    books->tidy();
    const auto after = open_sqlite(left);
    const Cents has = steps::balance(*after, two);
    CHECK((has == moved || has == moved + 1));
    CHECK(after->key(one, std::to_string(seed)).has_value() == (has == moved + 1));
    CHECK(steps::audit(*after).violations == 0);
    done += has == moved + 1 ? 1 : 0;
  }
  CHECK(done > 0);
  CHECK(done < 60);
}

TEST_CASE("An opening makes durable the rows that a failed sync has left in the log") {
  const Folder folder;
  FaultyVfs machine;
  machine.record_syncs();
  auto books = open_sqlite(folder.path() / "data", {machine.name()});
  const AccountId id = steps::create(*books, 100);
  machine.plan({Operation::sync, SQLITE_IOERR_FSYNC, 0, false, "-wal"});
  CHECK_THROWS_AS(steps::store(*books, steps::deposit(id, 100, 1)), OutcomeUnknown);
  machine.lose_power(folder.path() / "before");
  CHECK(steps::balance(*open_sqlite(folder.path() / "before"), id) == 100);

  books.reset();
  books = open_sqlite(folder.path() / "data", {machine.name()});
  CHECK(steps::balance(*books, id) == 101);
  machine.lose_power(folder.path() / "after");
  const auto after = open_sqlite(folder.path() / "after");
  CHECK(steps::balance(*after, id) == 101);
  CHECK(after->start_number() == 3);
}

TEST_CASE("After a failed sync the next opening survives a loss of power at any sync") {
  const Folder folder;
  FaultyVfs machine;
  machine.record_syncs();
  auto books = open_sqlite(folder.path() / "data", {machine.name()});
  const AccountId id = steps::create(*books, 100);
  books.reset();  // so that no log has these pages any more
  books = open_sqlite(folder.path() / "data", {machine.name()});
  {
    const auto unit = books->begin();
    Opening opening = steps::opening(5);
    opening.pin_hash.assign(3500, 'h');
    for (int count = 0; count < 30; ++count) unit->create(opening);
    machine.plan({Operation::sync, SQLITE_IOERR_FSYNC, 0, false, "-wal"});
    CHECK_THROWS_AS(unit->commit(), OutcomeUnknown);
  }
  books.reset();
  std::vector<std::filesystem::path> cuts;
  machine.before_every_sync([&] {
    for (unsigned seed = 0; seed < 8; ++seed) {
      cuts.push_back(folder.path() / ("cut-" + std::to_string(cuts.size())));
      machine.lose_power(cuts.back(), PowerLoss{seed});
    }
  });
  CHECK(open_sqlite(folder.path() / "data", {machine.name()})->account(31).has_value());
  for (const auto& cut : cuts) {
    CAPTURE(cut.string());
    const auto left = open_sqlite(cut);
    CHECK(steps::balance(*left, id) == 100);
    CHECK(left->account(2).has_value() == left->account(31).has_value());
    CHECK(steps::audit(*left).violations == 0);
  }
}

TEST_CASE("An opening that cannot sync the log it finds is refused") {
  const Folder folder;
  {
    const auto books = open_sqlite(folder.path() / "data");
    steps::create(*books, 100);
    copy_files(folder.path() / "data", folder.path() / "killed");
  }
  FaultyVfs machine;
  machine.plan({Operation::sync, SQLITE_IOERR_FSYNC, 0, true, ""});
  CHECK_THROWS_AS(open_sqlite(folder.path() / "killed", {machine.name()}), OpenFailed);
  machine.heal();
  CHECK(steps::balance(*open_sqlite(folder.path() / "killed", {machine.name()}), 1) == 100);
}

TEST_CASE("No start number is given twice after a loss of power") {
  const Folder folder;
  FaultyVfs machine;
  machine.record_syncs();
  for (std::int64_t number = 1; number <= 3; ++number) {
    const auto books = open_sqlite(folder.path() / "data", {machine.name()});
    CHECK(books->start_number() == number);
    const std::filesystem::path left = folder.path() / ("left-" + std::to_string(number));
    machine.lose_power(left);
    CHECK(open_sqlite(left)->start_number() == number + 1);
  }
}
