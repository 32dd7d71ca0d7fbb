#pragma once

/// Opens connections to the locked ledger, and to a copy of it.

#include <string>

#include <sqlite3.h>

#include "db/sqlite/database.hpp"
#include "db/sqlite/directory.hpp"
#include "db/sqlite/sqlite_ledger.hpp"

namespace ledger {

/// How a read-only connection is opened. SQLite 3.40's integrity_check ignores CHECK constraints on
/// a file opened read-only, so `checking` opens it for writing and forbids writes with query_only.
enum class Use : std::uint8_t { reading, checking };

/// The files of the ledger, as SQLite reaches them. Any thread may call; the calls block for the
/// disk.
class Source {
 public:
  /// The directory outlives the source, and the source its connections. Throws OpenFailed.
  Source(const Directory& directory, const SqliteOptions& options);
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source();

  /// Opens the ledger, or a file outside its directory, for writing. Throws SqlError.
  Database open_for_writing(const std::string& path) const;
  /// Opens a connection that can neither write nor checkpoint. Throws SqlError, or StoreFailed if
  /// the files are no longer those that were locked.
  Database open_for_reading(Use use = Use::reading) const;
  /// Opens the database file as if it had no log. Throws SqlError.
  Database open_without_log() const;

  const Directory& directory() const { return directory_; }
  std::int64_t longest_log_growth() const { return longest_log_growth_; }

 private:
  const Directory& directory_;
  const std::int64_t longest_log_growth_;
  std::string name_;
  sqlite3_vfs vfs_;
};

}  // namespace ledger
