#pragma once

/// Why a ledger cannot be opened, and what the operator can do about it. Each remedy is complete:
/// doing what it says, and no more, leads to a server that runs.

#include <string>

#include "db/errors.hpp"

namespace ledger {

inline constexpr const char* restore_or_begin =
    "move ledger.db, ledger.db-wal and lock away, those that exist, then restore a backup as "
    "ledger.db or begin an empty bank";
inline constexpr const char* choose_directory = "choose another directory with --data";
inline constexpr const char* check_files =
    "check the disk, and the owners and modes of the directory and its files, or choose another "
    "directory with --data";

/// Throws OpenFailed.
[[noreturn]] inline void refuse(const std::string& cause, const std::string& remedy) {
  throw OpenFailed(cause + "; " + remedy);
}

}  // namespace ledger
