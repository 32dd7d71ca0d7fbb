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
  Account account;
  account.id = row.integer(0);
  account.balance = row.integer(1);
  account.frozen = row.integer(2) != 0;
  account.pin_version = row.integer(3);
  return account;
}

Transfer transfer_in(const Cursor& row) {
  Transfer transfer;
  transfer.id = row.integer(0);
  transfer.kind = static_cast<Kind>(row.integer(1));
  transfer.debit = row.integer(2);
  transfer.credit = row.integer(3);
  transfer.amount = row.integer(4);
  transfer.debit_balance = row.integer(5);
  transfer.credit_balance = row.integer(6);
  transfer.key = row.text(7);
  transfer.reverses = row.integer(8);
  transfer.time = row.integer(9);
  transfer.reversed_by = row.integer(10);
  return transfer;
}

KeyRecord key_in(const Cursor& row) {
  KeyRecord record;
  record.claim.account = row.integer(0);
  record.claim.key = row.text(1);
  record.cancelled = row.integer(2) == outcome_cancelled;
  record.claim.kind = static_cast<Kind>(row.integer(3));
  record.claim.other = row.integer(4);
  record.claim.amount = row.integer(5);
  record.transfer = row.integer(6);
  record.reply = row.integer(7);
  record.time = row.integer(8);
  record.reversed_by = row.integer(9);
  return record;
}

}  // namespace ledger
