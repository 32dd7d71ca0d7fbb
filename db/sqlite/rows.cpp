#include "db/sqlite/rows.hpp"

#include "db/rules.hpp"

namespace ledger {

std::string select(const std::string& columns, const std::string& rest) {
  return "SELECT " + columns + " " + rest;
}

std::string select_keys(const std::string& rest) {
  return select(std::string(transfer_columns) + ", " + key_columns, from_keys + rest);
}

std::int64_t meta(Database& database, std::string_view name) {
  Statement statement(database, "SELECT value FROM meta WHERE name = ?1");
  Cursor rows = statement.run(name);
  return rows.step() ? rows.integer(0) : 0;
}

Account account_in(const Cursor& row) {
  return {.id = row.integer(0),
          .balance = row.integer(1),
          .frozen = row.integer(2) != 0,
          .pin_version = row.integer(3)};
}

Transfer transfer_in(const Cursor& row) {
  return {.id = row.integer(0),
          .kind = static_cast<Kind>(row.integer(1)),
          .debit = row.integer(2),
          .credit = row.integer(3),
          .amount = row.integer(4),
          .debit_balance = row.integer(5),
          .credit_balance = row.integer(6),
          .key = row.text(7),
          .reverses = row.integer(8),
          .time = row.integer(9),
          .reversed_by = row.integer(10)};
}

KeyRecord key_in(const Cursor& row) {
  KeyRecord found = key_record_of(transfer_in(row));
  found.claim.key = row.text(transfer_width);
  found.claim.account = row.integer(transfer_width + 1);
  found.transfer = row.integer(transfer_width + 2);
  if (found.transfer != 0) return found;
  const AccountId opened = row.integer(transfer_width + 3);
  found.claim.kind = opened != 0 ? Kind::create : Kind::none;
  found.cancelled = opened == 0;
  found.reply = opened;
  found.time = row.integer(transfer_width + 4);
  return found;
}

}  // namespace ledger
