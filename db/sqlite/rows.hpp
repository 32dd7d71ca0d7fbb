#pragma once

/// Reading a row: for each type, the columns to select and the function that reads them, in the
/// same order.

#include "db/records.hpp"
#include "db/sqlite/database.hpp"

namespace ledger {

inline constexpr const char* account_columns = "id, balance, frozen, pin_version";
inline constexpr const char* transfer_columns =
    "id, kind, debit, credit, amount, debit_balance, credit_balance, key, reverses, time, "
    "(SELECT id FROM transfers AS reversal WHERE reversal.reverses = transfers.id)";
inline constexpr const char* key_columns =
    "account, key, outcome, kind, other, amount, transfer, reply, time, "
    "(SELECT id FROM transfers AS reversal WHERE reversal.reverses = keys.transfer)";

/// Returns "SELECT columns rest".
std::string select(const char* columns, const char* rest);

Account account_in(const Cursor& row);
Transfer transfer_in(const Cursor& row);
KeyRecord key_in(const Cursor& row);

/// Returns the number of this name in the table meta; 0 if there is none. Throws SqlError.
std::int64_t meta(Database& database, std::string_view name);

/// Returns the first row as `read` reads it, if there is one. Throws SqlError.
template <typename Read>
auto first(Cursor rows, Read read) -> std::optional<decltype(read(rows))> {
  if (!rows.step()) return std::nullopt;
  return read(rows);
}

}  // namespace ledger
