#include "db/sqlite/rows.hpp"

namespace ledger {
namespace {

constexpr std::int64_t outcome_cancelled = 2;  // in keys.outcome; 1 is committed

}  // namespace

std::string select(const char* columns, const char* rest) {
  return std::string("SELECT ") + columns + " " + rest;
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
  return {.claim = {.account = row.integer(0),
                    .key = row.text(1),
                    .kind = static_cast<Kind>(row.integer(3)),
                    .other = row.integer(4),
                    .amount = row.integer(5)},
          .cancelled = row.integer(2) == outcome_cancelled,
          .transfer = row.integer(6),
          .reply = row.integer(7),
          .time = row.integer(8),
          .reversed_by = row.integer(9)};
}

}  // namespace ledger
