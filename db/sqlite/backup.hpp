#pragma once

/// A copy of an SQLite file, made while the writer goes on.

#include <memory>
#include <optional>
#include <string>

#include "db/ledger.hpp"
#include "db/sqlite/reader.hpp"

namespace ledger {

/// A file under a temporary name, removed by its destructor.
class TemporaryFile {
 public:
  /// Creates it (0600), empty, beside `path`. Throws BadPath, StoreFailed.
  explicit TemporaryFile(const std::string& path);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& name() const { return name_; }
  /// Renames it durably to `path`. Throws BadPath if that exists, StoreFailed.
  void publish();

 private:
  std::string path_;
  std::string name_;
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

  Database from_;
  TemporaryFile file_;
  std::optional<Database> to_;
  std::unique_ptr<sqlite3_backup, Finish> backup_;
  bool done_ = false;
};

}  // namespace ledger
