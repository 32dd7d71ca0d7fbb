#pragma once

/// A copy of an SQLite file, made while others write to it.

#include <memory>
#include <optional>
#include <string>

#include "db/ledger.hpp"
#include "db/sqlite/reader.hpp"

namespace ledger {

/// A file under a name nobody asked for, removed with its owner.
class TemporaryFile {
 public:
  /// Makes it (0600), empty, beside `path`. Throws BadPath, StoreFailed.
  explicit TemporaryFile(const std::string& path);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& name() const { return name_; }
  /// Gives it the name it was made for, durably. Throws BadPath if that is taken, StoreFailed.
  void publish();

 private:
  std::string path_;
  std::string name_;
  std::string beside_;  // with room for the name of each file SQLite may have put beside it
};

class SqliteBackup : public Scan {
 public:
  /// Takes its view of the file now. Throws SqlError, BadPath, StoreFailed.
  SqliteBackup(const Source& source, const std::string& path);

  bool next(const KeepGoing& keep_going) override;

 private:
  struct Finish {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
  };
  void finish();

  Connection from_;
  TemporaryFile file_;
  std::optional<Connection> to_;
  std::unique_ptr<sqlite3_backup, Finish> backup_;
  bool done_ = false;
};

}  // namespace ledger
