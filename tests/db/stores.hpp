#pragma once

/// Every implementation of the ledger behind one interface, for the tests that all must pass.

#include <memory>
#include <string>

#include "db/ledger.hpp"
#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/memory/memory_ledger.hpp"

class MemoryStore {
 public:
  ledger::Ledger& ledger() { return *ledger_; }
  /// Closes the ledger and opens it again, as a restart does.
  void reopen() {
    ledger_.reset();
    ledger_ = ledger::make_memory_ledger(disk_);
  }
  /// Opens it a second time while it is open.
  std::unique_ptr<ledger::Ledger> open_second() { return ledger::make_memory_ledger(disk_); }

  std::string path(const std::string& name) const { return "/" + name; }
  bool exists(const std::string& path) { return disk_->copy_at(path) != nullptr; }
  /// Opens the copy that a backup has made there.
  std::unique_ptr<ledger::Ledger> open_copy(const std::string& path) {
    return ledger::make_memory_ledger(disk_->copy_at(path));
  }

 private:
  std::shared_ptr<ledger::MemoryDisk> disk_ = std::make_shared<ledger::MemoryDisk>();
  std::unique_ptr<ledger::Ledger> ledger_ = ledger::make_memory_ledger(disk_);
};

class SqliteStore {
 public:
  ledger::Ledger& ledger() { return *ledger_; }
  void reopen() {
    ledger_.reset();
    ledger_ = ledger::open_sqlite(data());
  }
  std::unique_ptr<ledger::Ledger> open_second() { return ledger::open_sqlite(data()); }

  std::string path(const std::string& name) const { return folder_.file(name); }
  bool exists(const std::string& path) { return std::filesystem::exists(path); }
  std::unique_ptr<ledger::Ledger> open_copy(const std::string& path) {
    const std::filesystem::path restored = path + "-restored";
    std::filesystem::create_directory(restored);
    std::filesystem::copy_file(path, restored / "ledger.db");
    return ledger::open_sqlite(restored);
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }

 private:
  Folder folder_;
  std::unique_ptr<ledger::Ledger> ledger_ = ledger::open_sqlite(data());
};

#define EVERY_STORE MemoryStore, SqliteStore
