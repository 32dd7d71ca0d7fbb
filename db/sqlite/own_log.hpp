#pragma once

#include "db/sqlite/source.hpp"

namespace ledger {

/// Throws OpenFailed if a log beside the database belongs to another ledger, or to a later state of
/// this one: reading both together would mix two states. `database` reads the file with its log.
/// Blocks for the disk.
void require_own_log(Database& database, const Source& source);

}  // namespace ledger
