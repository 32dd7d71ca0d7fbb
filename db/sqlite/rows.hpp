#pragma once

/// Reading a row: for each type, the columns to select, the tables to select them from, and the
/// function that reads them, in the same order.

#include "db/records.hpp"
#include "db/sqlite/database.hpp"

namespace ledger {

inline constexpr const char* account_columns = "id, balance, frozen, pin_version";
inline constexpr int account_width = 4;  // of them
inline constexpr const char* transfer_columns =
    "id, kind, debit, credit, amount, debit_balance, credit_balance, transfers.key, reverses, "
    "transfers.time, "
    "(SELECT id FROM transfers AS reversal WHERE reversal.reverses = transfers.id)";
inline constexpr int transfer_width = 11;
/// A key's row follows its transfer, which holds the rest.
inline constexpr const char* key_columns =
    "keys.key, keys.account, keys.transfer, keys.opened, keys.time";
inline constexpr const char* from_keys = "FROM keys LEFT JOIN transfers ON id = keys.transfer ";

/// Returns "SELECT columns rest".
std::string select(const std::string& columns, const std::string& rest);
/// Returns the query for rows of keys: "SELECT … FROM … rest".
std::string select_keys(const std::string& rest);

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
