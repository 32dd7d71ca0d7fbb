#pragma once

/// The tables, and the migrations that bring an older file to this version. Used by one thread at a
/// time; the calls block for the disk.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "db/sqlite/database.hpp"

namespace ledger {

/// The mark of our files: "ATML" in the header's application_id.
inline constexpr std::int64_t application_id = 0x41544D4C;

/// Returns the migrations; number n turns a file of version n into one of version n + 1. Never
/// change a released one; append.
std::span<const std::string_view> migrations();

/// Throws OpenFailed if the file is not a ledger of ours or is newer than the last of the `steps`.
/// Only reads, so a refused file is unchanged. Throws SqlError.
void check_identity(Database& database, std::span<const std::string_view> steps);

/// Returns whether the file is a ledger that has run all `steps`. Throws SqlError.
bool is_current(Database& database, std::span<const std::string_view> steps);

/// Creates the tables of this version in an empty file, in one transaction. Throws SqlError.
void create_tables(Database& database);

/// Runs the `steps` that the file lacks, all in one transaction, so that a file has its old version
/// or the new one. The step to version 3 copies every row, a minute or two for ten million
/// transfers. Throws SqlError, and then has changed nothing.
void migrate(Database& database, std::span<const std::string_view> steps);

}  // namespace ledger
