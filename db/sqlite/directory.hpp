#pragma once

/// The ledger's directory: opened and locked once, and never looked up by name again. Used by the
/// thread that opens the ledger, except where said otherwise.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "db/sqlite/descriptor.hpp"

namespace ledger {

/// The contents of the lock file. They outlive a loss of ledger.db.
struct LockRecord {
  std::int64_t identity = 0;   // of the ledger that was served here; 0 if none
  std::int64_t recorded = 0;   // the latest start number that ledger.db has stored
  std::int64_t given = 0;      // the latest start number in use; ledger.db may lag on a full disk
  std::int64_t base = 0;       // the last transfer that ledger.db has without its log
  bool serving = false;        // ledger.db has a log beside it
  bool checkpointing = false;  // the log is being copied into ledger.db, which may be torn
};

class Directory {
 public:
  /// Opens the directory and locks it and the ledger in it. Creates the directory (0700; its parent
  /// must exist) and the database file (0600) durably unless they exist. Refuses a log without its
  /// database, a missing or empty database that the lock file knows, and a database file that is
  /// reachable from another directory. Blocks for the disk. Throws OpenFailed, std::system_error.
  explicit Directory(const std::filesystem::path& path);

  /// Returns the path of the database file. It leads to the locked directory, even if that is
  /// renamed and another takes its name.
  std::string file() const { return folder_.path(file_name); }

  /// Returns whether a log lies beside the database.
  bool has_log() const;
  const LockRecord& record() const { return record_; }
  /// Writes the lock file durably, in place: it needs no room on the disk. Throws
  /// std::system_error.
  void write(const LockRecord& record);

  /// Remembers which file the log is. Call it once the writer has opened the log.
  void remember_log();
  /// Returns whether the names of the database and its log still lead to the files that were
  /// opened. Any thread.
  bool has_opened_files() const;
  /// Throws StoreFailed, with a remedy, if they do not. Any thread.
  void require_opened_files() const;

  /// Throws BadPath if the path names the database or a file that SQLite puts beside it. Any
  /// thread.
  void refuse_own_file(const std::filesystem::path& path) const;

  static constexpr const char* file_name = "ledger.db";
  static constexpr const char* log_name = "ledger.db-wal";
  static constexpr const char* lock_name = "lock";

 private:
  void refuse_lost_ledger() const;
  void refuse_strange_files(const Descriptor& database) const;
  Descriptor open_database() const;

  const Descriptor folder_;
  const Descriptor lock_;
  LockRecord record_;
  // Open until SQLite has closed the file: closing any descriptor releases SQLite's locks (POSIX).
  const Descriptor database_;
  std::optional<FileIdentity> log_;
};

}  // namespace ledger
