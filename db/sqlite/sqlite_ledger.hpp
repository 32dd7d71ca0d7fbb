#pragma once

/// The ledger in an SQLite file. How, and why so: db/README.md.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "db/ledger.hpp"

namespace ledger {

struct SqliteOptions {
  std::string vfs;  // what SQLite reaches files through; empty: default
  std::int64_t checkpoint_after = 4 * 1024 * 1024;  // bytes in the write-ahead log
};

/// Opens the ledger in that directory for serving, and makes one if there is none: the directory
/// too (mode 0700), but not its parent. When it returns, nothing is to be seen in the ledger that a
/// crash could take back, and no other process can open it so until this one has destroyed it or is
/// gone. Throws OpenFailed, which names the directory. Blocks for the disk.
std::unique_ptr<Ledger> open_sqlite(const std::filesystem::path& directory,
                                    const SqliteOptions& options = {});

}  // namespace ledger
