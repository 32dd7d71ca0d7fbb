#pragma once

#include "db/sqlite/database.hpp"

namespace ledger {

/// The statements that units of work run, prepared once on the writer's connection. That connection
/// outlives them, and its thread uses them.
struct UnitStatements {
  explicit UnitStatements(Database& database);  // throws SqlError

  Statement savepoint, release, rollback_to;
  Statement account, transfer, key, attempts;
  Statement debit, credit, append, claim, tombstone;
  Statement open, open_pin, freeze, set_pin, next_pin_version;
  Statement count, count_unknown, clear;
};

}  // namespace ledger
