#pragma once

/// The tables, and how a file of an earlier version becomes one of this.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "db/sqlite/connection.hpp"

namespace ledger {

/// The mark of our files: "ATML" in the header's application_id.
inline constexpr std::int64_t application_id = 0x41544D4C;

/// migrations[n] turns a file of version n into one of version n + 1. Never change one that has
/// been released; append.
std::span<const std::string_view> migrations();

/// Refuses, with OpenFailed, what is no ledger of ours or newer than the last of the `steps`. Reads
/// only: nothing of a file that is refused is changed. Throws SqlError.
void check_identity(Connection& connection, std::span<const std::string_view> steps);

/// Brings the file to the version of the last of the `steps`, each in a transaction of its own. A
/// crash in between leaves an earlier version, whole. Throws SqlError.
void migrate(Connection& connection, std::span<const std::string_view> steps);

}  // namespace ledger
