/// The system refuses calls that do not pass through SQLite's file system.

#include <cerrno>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/failing_calls.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
using failing_calls::Call;
using failing_calls::Failure;

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

TEST_CASE("A ledger is refused where its folder cannot be synced or locked") {
  const Folder folder;
  const auto refusal = [](const std::filesystem::path& directory) -> std::string {
    try {
      open_sqlite(directory);
      return "";
    } catch (const OpenFailed& error) {
      return error.what();
    }
  };
  for (int successes = 0; successes < 2; ++successes) {
    const auto directory = folder.path() / std::to_string(successes);
    const Failure failure(Call::sync_folder, successes, EIO);
    CHECK(refusal(directory).find(directory) != std::string::npos);
    CHECK(failure.happened());
  }
  const Failure failure(Call::lock, 0, ENOLCK);
  CHECK(refusal(folder.path() / "0").find("lock") != std::string::npos);
}
