#pragma once

/// The write-ahead log of the writer's connection. Used by the thread of that connection; the calls
/// block for the disk and throw SqlError.

#include <cstdint>

#include "db/sqlite/source.hpp"

namespace ledger {

/// Sets WAL mode and a sync at every commit. Throws OpenFailed if SQLite cannot.
void sync_every_commit(Database& database);

/// Chooses whether closing the connection checkpoints and removes the log.
void checkpoint_on_close(Database& database, bool enable);

/// Returns the size of the log in bytes.
std::int64_t log_bytes(const Database& database);

/// Extends the log to this size at least, and returns its size. Frames after its last commit are
/// never read.
std::int64_t extend_log(Database& database, std::int64_t bytes);

/// Writes the log over itself and syncs it. After a failed sync Linux counts the pages of a file as
/// clean: they may be in memory only, and no later sync writes them. A checkpoint that is cut short
/// needs the log on disk for its repair.
void rewrite_log(Database& database);

/// Throws OpenFailed if a log beside the database belongs to another ledger, or to a later state of
/// this one: reading both together would mix two states. `database` reads the file with its log.
void require_own_log(Database& database, const Source& source);

/// Copies the log into the database file and empties it. Throws OpenFailed if another program
/// prevents that.
void checkpoint_completely(Database& database);

}  // namespace ledger
