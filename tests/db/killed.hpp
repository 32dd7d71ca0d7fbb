#pragma once

/// A data directory as a killed server leaves it.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/db/folder.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/steps.hpp"

inline constexpr auto over = std::filesystem::copy_options::overwrite_existing;
inline constexpr std::int64_t small_log = 16 * 1024;  // checkpoints after every few deposits

/// Account 1 had 100 when `backup` was made and the
/// server was stopped for the copy `old`; then 100 deposits of 1 followed.
struct Killed {
  Folder folder;
  std::filesystem::path data = folder.path() / "data";
  std::filesystem::path backup = folder.path() / "backup";
  std::filesystem::path old = folder.path() / "old";

  explicit Killed(std::int64_t checkpoint_after = small_log) {
    const std::filesystem::path live = folder.path() / "live";
    steps::create(*ledger::open_sqlite(live), 100);
    std::filesystem::copy_file(live / "ledger.db", old);
    const auto books = ledger::open_sqlite(live, {"", checkpoint_after});
    steps::backup(*books, backup);
    for (ledger::Cents has = 100; has < 200; ++has) {
      steps::store(*books, steps::deposit(1, has, 1, std::string(60, 'k') + std::to_string(has)));
      books->tidy();
    }
    copy_killed(live, data);
  }
  void require_refused(const char* reason) const {
    const std::string before = content(data / "ledger.db-wal");
    const std::string message = refusal(data);
    CAPTURE(message);
    CHECK_MESSAGE(says(message, reason), "the refusal names the reason");
    CHECK_MESSAGE(content(data / "ledger.db-wal") == before, "the log is left as it was");
  }
  static std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};
