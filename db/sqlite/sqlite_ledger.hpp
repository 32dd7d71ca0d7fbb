#pragma once

/// The ledger in an SQLite file. db/README.md explains the design.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "db/ledger.hpp"

namespace ledger {

struct SqliteOptions {
  std::string vfs;  // the VFS through which SQLite reaches files; empty: the default one
  std::int64_t checkpoint_after = 4 * 1024 * 1024;  // bytes of the log
  // Bytes by which the log may grow while an audit or a backup holds one snapshot; then it fails.
  std::int64_t longest_log_growth = 256 * 1024 * 1024;
};

/// Opens the ledger in the directory for serving. Creates the ledger and the directory (mode 0700;
/// its parent must exist) if they do not exist. When it returns, everything visible in the ledger
/// is durable, and no other process can open it before this one has destroyed it or ended. Blocks
/// for the disk. Throws OpenFailed, which names the directory.
std::unique_ptr<Ledger> open_sqlite(const std::filesystem::path& directory,
                                    const SqliteOptions& options = {});

}  // namespace ledger
