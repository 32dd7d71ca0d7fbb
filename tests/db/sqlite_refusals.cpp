/// Memory runs out, and the system refuses what SQLite does not ask for.

#include <cerrno>
#include <filesystem>
#include <functional>
#include <new>
#include <string>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/refusals.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
using refusals::Call;
using refusals::Refusal;

namespace {

/// What the ledger says of a refusal: nothing, if it could do without what was refused.
std::string told(const std::function<void()>& act) {
  try {
    act();
    return "";
  } catch (const StoreFailed& error) {
    return error.what();
  } catch (const OpenFailed& error) {
    return error.what();
  } catch (const std::bad_alloc& error) {  // while it takes down what it is asked
    return error.what();
  }
}

/// Refuses one piece of memory after the other, until none is asked for any more. `act` is done
/// wholly or says so; returns how often it said so.
int without_memory(const std::function<void()>& act, const std::function<void()>& look) {
  int failures = 0;
  for (int well = 0;; ++well) {
    CAPTURE(well);
    bool struck = false;
    std::string error;
    {
      const Refusal refusal(Call::memory, well);
      error = told(act);
      struck = refusal.struck();
    }
    CAPTURE(error);
    CHECK((struck || error.empty()));
    failures += error.empty() ? 0 : 1;
    look();
    if (!struck) return failures;
  }
}

void copy(Ledger& books, const std::string& path) {
  const auto backup = books.backup(path);
  while (backup->next(steps::always)) {
  }
}

}  // namespace

TEST_CASE("without memory a ledger says that it cannot be opened") {
  const Folder folder;
  steps::create(*open_sqlite(folder.path()), 5);
  const auto look = [&] { CHECK(steps::balance(*open_sqlite(folder.path()), 1) == 5); };
  CHECK(without_memory([&] { open_sqlite(folder.path()); }, look) > 100);
}

TEST_CASE("without memory a reading fails, and the next one does not") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  const AccountId id = steps::create(*books, 5, "a key that is not short enough to need no memory");
  const auto look = [&] { CHECK(steps::balance(*books, id) == 5); };
  CHECK(without_memory([&] { books->account(id); }, look) > 0);
  CHECK(without_memory([&] { books->pin(id); }, look) > 0);
  CHECK(without_memory([&] { books->transfer(1); }, look) > 0);
  CHECK(without_memory([&] { books->history(id, steps::newest, 5); }, look) > 0);
  CHECK(without_memory([&] { steps::audit(*books); }, look) > 0);
}

TEST_CASE("without memory a unit is stored wholly or not at all") {
  const Folder folder;
  auto books = open_sqlite(folder.path());
  const AccountId id = steps::create(*books, 5);
  Cents has = 5;
  int round = 0;
  bool unknown = false;
  const auto act = [&] {
    try {
      steps::store(*books, steps::deposit(id, has, 1, "round-" + std::to_string(round)));
    } catch (const OutcomeUnknown&) {
      unknown = true;
    }
  };
  const auto look = [&] {
    if (unknown) {
      books.reset();
      books = open_sqlite(folder.path());
      unknown = false;
    }
    const Cents now = steps::balance(*books, id);
    const bool stored = books->key(id, "round-" + std::to_string(round)).has_value();
    CHECK(now == has + (stored ? 1 : 0));
    has = now;
    ++round;
  };
  CHECK(without_memory(act, look) > 0);
  CHECK(steps::audit(*books).violations == 0);
}

TEST_CASE("without memory a key that is taken stays what it is") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  const std::string key = "a key that is not short enough to need no memory";
  const AccountId id = steps::create(*books, 5);
  steps::store(*books, steps::deposit(id, 5, 1, key));
  int failures = 0;
  for (int well = 0;; ++well) {
    CAPTURE(well);
    const Refusal refusal(Call::memory, well);
    try {
      const auto unit = books->begin();
      unit->store(steps::deposit(id, 6, 1, key));
    } catch (const KeyTaken& taken) {
      CHECK(taken.record.reply == 6);
    } catch (const StoreFailed&) {
      ++failures;
    } catch (const std::bad_alloc&) {  // while the posting itself is being made
      ++failures;
    }
    if (!refusal.struck()) break;
  }
  CHECK(failures > 0);
  CHECK(steps::balance(*books, id) == 6);
  steps::store(*books, steps::deposit(id, 6, 1, "another"));
  CHECK(steps::balance(*books, id) == 7);
}

TEST_CASE("a copy for which memory runs out on its way is whole or none") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  steps::create(*books, 5);
  const std::string path = folder.file("copy.db");
  int failures = 0;
  for (int well = 0;; ++well) {
    CAPTURE(well);
    auto backup = books->backup(path);
    std::string error;
    bool struck = false;
    {
      const Refusal refusal(Call::memory, well);
      error = told([&] {
        while (backup->next(steps::always)) {
        }
      });
      struck = refusal.struck();
    }
    const bool there = std::filesystem::exists(path);
    CHECK(there == error.empty());
    if (there) CHECK(Raw(path).ask("PRAGMA integrity_check") == "ok");
    failures += error.empty() ? 0 : 1;
    backup.reset();
    std::filesystem::remove(path);
    if (!struck) break;
  }
  CHECK(failures > 0);
  CHECK(steps::balance(*books, 1) == 5);
}

TEST_CASE("a copy that the system refuses to make, to name or to sync is none") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data");
  steps::create(*books, 5);
  const std::string path = folder.file("copy.db");
  for (const Call call : {Call::make_temporary, Call::link, Call::sync_folder}) {
    const Refusal refusal(call, 0, EIO);
    CHECK(told([&] { copy(*books, path); }) != "");
    CHECK(refusal.struck());
    CHECK_FALSE(std::filesystem::exists(path));
  }
  copy(*books, path);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("a ledger is not opened where its folder cannot be synced, or knows no locks") {
  const Folder folder;
  for (int well = 0; well < 2; ++well) {
    const auto directory = folder.path() / std::to_string(well);
    const Refusal refusal(Call::sync_folder, well, EIO);
    CHECK(told([&] { open_sqlite(directory); }).find(directory) != std::string::npos);
    CHECK(refusal.struck());
  }
  const Refusal refusal(Call::lock, 0, ENOLCK);
  const std::string error = told([&] { open_sqlite(folder.path() / "0"); });
  CHECK(error.find("its lock file") != std::string::npos);
}
