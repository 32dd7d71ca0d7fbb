#pragma once

/// The columns a row is read by, in the order its reader takes them.

#include "db/ledger.hpp"
#include "db/sqlite/connection.hpp"

namespace ledger {

inline constexpr const char* account_columns = "id, balance, frozen, pin_version";
inline constexpr const char* transfer_columns =
    "id, kind, debit, credit, amount, debit_balance, credit_balance, key, reverses, time, "
    "(SELECT id FROM transfers AS undo WHERE undo.reverses = transfers.id)";
inline constexpr const char* key_columns =
    "account, key, outcome, kind, other, amount, transfer, reply, time, "
    "(SELECT id FROM transfers AS undo WHERE undo.reverses = keys.transfer)";

/// What stands in keys.outcome.
inline constexpr std::int64_t outcome_committed = 1;
inline constexpr std::int64_t outcome_cancelled = 2;

Account account_in(const Run& row);
Transfer transfer_in(const Run& row);
KeyRecord key_in(const Run& row);

}  // namespace ledger
