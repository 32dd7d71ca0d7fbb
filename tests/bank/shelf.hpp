#pragma once

/// Keeps the ledger of a test: in memory, on a disk with faults to order, or in an SQLite file in a
/// folder of its own. Closing it and opening it again is a restart.

#include <filesystem>
#include <memory>
#include <string>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/memory/memory_ledger.hpp"

namespace rig {

enum class Store : std::uint8_t { memory, sqlite };

class Shelf {
 public:
  explicit Shelf(Store store) : store_(store) { open(); }

  ledger::Ledger& ledger() { return *ledger_; }
  void reopen() {
    ledger_.reset();
    open();
  }
  /// The disk of the memory ledger, to order faults.
  ledger::MemoryDisk& disk() { return *disk_; }

  /// The file of the SQLite ledger.
  std::string file() const { return folder_.file("data/ledger.db"); }
  bool on_disk() const { return store_ == Store::sqlite; }

  /// A path for a backup, and whether one is there.
  std::string path(const std::string& name) const { return folder_.file(name); }
  bool exists(const std::string& path) {
    return store_ == Store::memory ? disk_->copy_at(path) != nullptr
                                   : std::filesystem::exists(path);
  }

 private:
  void open() {
    ledger_ = store_ == Store::memory ? ledger::make_memory_ledger(disk_)
                                      : ledger::open_sqlite(folder_.path() / "data");
  }

  const Store store_;
  Folder folder_;
  std::shared_ptr<ledger::MemoryDisk> disk_ = std::make_shared<ledger::MemoryDisk>();
  std::unique_ptr<ledger::Ledger> ledger_;
};

}  // namespace rig
