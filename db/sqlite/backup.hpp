#pragma once

/// A copy of an SQLite file, made while the writer goes on. It holds one snapshot until the copy is
/// written, and gives up if the log grows too much meanwhile.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "db/ledger.hpp"
#include "db/sqlite/descriptor.hpp"
#include "db/sqlite/snapshot.hpp"
#include "db/sqlite/source.hpp"

namespace ledger {

/// A file under a temporary name, removed by its destructor.
class TemporaryFile {
 public:
  /// Creates it (0600), empty, beside `path`. Throws BadPath, StoreFailed.
  explicit TemporaryFile(const std::filesystem::path& path);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  /// Returns its temporary path, which does not depend on the name of its folder.
  const std::string& path() const { return path_; }
  /// Renames it durably to `path`. Throws BadPath if that exists, StoreFailed.
  void publish();

 private:
  const Descriptor folder_;
  const std::string final_name_;
  std::string path_;
};

class SqliteBackup : public Scan {
 public:
  /// Takes its snapshot of the file. Throws SqlError, BadPath, StoreFailed.
  SqliteBackup(const Source& source, const std::string& path);

  bool next(const KeepGoing& keep_going) override;

 private:
  struct Finish {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
  };
  void finish();

  TemporaryFile file_;
  Database from_;
  std::optional<Database> to_;
  std::optional<Snapshot> snapshot_;
  std::unique_ptr<sqlite3_backup, Finish> backup_;
  bool done_ = false;
};

}  // namespace ledger
