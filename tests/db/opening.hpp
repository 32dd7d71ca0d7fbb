#pragma once

/// Refused openings of the SQLite ledger.

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"

/// Returns the text with which open_sqlite() refuses; fails the test if it opens.
inline std::string refusal(const std::filesystem::path& directory,
                           const ledger::SqliteOptions& options = {}) {
  try {
    ledger::open_sqlite(directory, options);
  } catch (const ledger::OpenFailed& refused) {
    return refused.what();
  }
  FAIL("the ledger was opened");
  return {};
}

/// Returns whether the message is one line that contains the part.
inline bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos && message.find('\n') == std::string::npos;
}

/// Copies the ledger and its log as a process that dies now leaves them.
inline void copy_killed(const std::filesystem::path& from, const std::filesystem::path& into) {
  std::filesystem::create_directories(into);
  for (const char* name : {"ledger.db", "ledger.db-wal", "lock"}) {
    if (std::filesystem::exists(from / name)) {
      std::filesystem::copy_file(from / name, into / name,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
}
