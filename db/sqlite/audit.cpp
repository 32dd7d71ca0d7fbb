#include "db/sqlite/audit.hpp"

#include <array>
#include <limits>
#include <utility>

#include "db/rules.hpp"
#include "db/sqlite/rows.hpp"
#include "db/sqlite/snapshot.hpp"

namespace ledger {
namespace {

constexpr int batch = 10'000;
constexpr std::array<const char*, 5> tables{"meta", "accounts", "pins", "transfers", "keys"};

std::string in_batches(const std::string& query) {
  return query + " LIMIT " + std::to_string(batch);
}

std::string name_of(AccountId id) {
  return "account " + std::to_string(id);
}

/// Returns the highest number in a table; the highest of all if the table is damaged.
std::int64_t last_in(Database& database, const std::string& table) {
  try {
    return database.integer(("SELECT max(id) FROM " + table).c_str());
  } catch (const SqlError& error) {
    if (error.kind() != SQLITE_CORRUPT) throw;
    return std::numeric_limits<std::int64_t>::max();
  }
}

}  // namespace

SqliteAudit::SqliteAudit(const Source& source)
    : longest_log_growth_(source.longest_log_growth()),
      reader_(source, Use::checking),
      transfers_(
          reader_.database(),
          in_batches(select(std::string(transfer_columns) + ", debit_previous, credit_previous",
                            "FROM transfers WHERE id > ?1 ORDER BY id"))),
      accounts_(reader_.database(),
                in_batches(select(std::string(account_columns) +
                                      ", last, EXISTS (SELECT 1 FROM pins WHERE account = id)",
                                  "FROM accounts WHERE id > ?1 ORDER BY id"))),
      pins_(reader_.database(),
            in_batches("SELECT account, EXISTS (SELECT 1 FROM accounts WHERE id = account) "
                       "FROM pins WHERE account > ?1 ORDER BY account")),
      keys_(reader_.database(), in_batches(select_keys("WHERE (keys.key, keys.account) > (?1, ?2) "
                                                       "ORDER BY keys.key, keys.account"))),
      recount_(last_in(reader_.database(), "transfers"), last_in(reader_.database(), "accounts")),
      last_transfer_(std::numeric_limits<TransferId>::min()),
      last_account_(std::numeric_limits<AccountId>::min()),
      last_pin_(std::numeric_limits<AccountId>::min()) {
  last_key_.claim.account = std::numeric_limits<AccountId>::min();
}

bool SqliteAudit::next(const KeepGoing& keep_going) {
  if (stage_ == stages.size()) return false;
  const Stage stage = stages[stage_];
  if (!keep_going()) return true;
  bool more = false;
  try {
    Snapshot snapshot(reader_.database(), longest_log_growth_);
    snapshot.poll(keep_going);
    try {
      more = (this->*stage)();
    } catch (const SqlError& error) {
      if (error.kind() != SQLITE_INTERRUPT) throw;
      snapshot.require_short_log();
      return true;
    }
  } catch (const SqlError& error) {
    if (error.kind() != SQLITE_CORRUPT) throw StoreFailed(error.what());
    // This table is too damaged to be read to its end. The rest may show more.
    recount_.violation(error.what());
    if (stage == &SqliteAudit::transfers) damaged_transfers_ = true;
    more = stage == &SqliteAudit::pages && to_next_table();
  }
  if (!more) ++stage_;
  return stage_ < stages.size();
}

void SqliteAudit::report(const std::string& violation) {
  if (!violation.empty()) recount_.violation(violation);
}

bool SqliteAudit::transfers() {
  Cursor rows = transfers_.run(last_transfer_);
  int seen = 0;
  for (; rows.step(); ++seen) {
    const Transfer row = transfer_in(rows);
    std::optional<KeyRecord> key;
    if (!row.key.empty()) {
      key = reader_.key(account_of_key(row.kind, row.debit, row.credit), row.key);
    }
    std::optional<Transfer> original;
    if (row.reverses != 0) original = reader_.transfer(row.reverses);
    recount_.add(row, key, original);
    report(chains_.add(row.id, row.debit, rows.integer(transfer_width)));
    report(chains_.add(row.id, row.credit, rows.integer(transfer_width + 1)));
    last_transfer_ = row.id;
  }
  return seen == batch;
}

bool SqliteAudit::accounts() {
  // Adds the transfers committed since, so that the recount agrees with this snapshot's accounts.
  while (!damaged_transfers_ && transfers()) {
  }
  Cursor rows = accounts_.run(last_account_);
  int seen = 0;
  for (; rows.step(); ++seen) {
    const Account row = account_in(rows);
    recount_.add(row);
    report(chains_.compare(row.id, rows.integer(account_width)));
    if (rows.integer(account_width + 1) == 0) report(name_of(row.id) + " has no PIN");
    last_account_ = row.id;
  }
  if (seen < batch) recount_.finish_accounts();
  return seen == batch;
}

bool SqliteAudit::pins() {
  Cursor rows = pins_.run(last_pin_);
  int seen = 0;
  for (; rows.step(); ++seen) {
    last_pin_ = rows.integer(0);
    const bool known = last_pin_ == vault || rows.integer(1) != 0;
    if (!known) report(name_of(last_pin_) + " has a PIN but does not exist");
  }
  return seen == batch;
}

bool SqliteAudit::keys() {
  Cursor rows = keys_.run(last_key_.claim.key, last_key_.claim.account);
  int seen = 0;
  for (; rows.step(); ++seen) {
    KeyRecord row = key_in(rows);
    std::optional<Transfer> made;
    if (row.transfer != 0) made = reader_.transfer(row.transfer);
    std::optional<Account> created;
    if (row.claim.kind == Kind::create) created = reader_.account(row.reply);
    recount_.add(row, made, created);
    last_key_ = std::move(row);
  }
  return seen == batch;
}

/// Checks the structure of a table and its indexes.
bool SqliteAudit::pages() {
  const std::string table = tables.at(next_table_);
  const std::vector<std::string> found = check_pages(table);
  // integrity_check reports a failed read as a damaged page; only damage is found twice.
  const bool well_read = found.empty() || check_pages(table) == found;
  if (!well_read) throw StoreFailed("parts of the file cannot be read every time; check the disk");
  for (const std::string& line : found) recount_.violation("the file: " + line);
  return to_next_table();
}

/// Returns false after the last table, and then starts over.
bool SqliteAudit::to_next_table() {
  next_table_ = (next_table_ + 1) % tables.size();
  return next_table_ > 0;
}

std::vector<std::string> SqliteAudit::check_pages(const std::string& table) {
  Statement check(reader_.database(), "PRAGMA integrity_check(" + table + ")");
  Cursor rows = check.run();
  std::vector<std::string> found;
  while (rows.step()) {
    if (rows.text(0) != "ok") found.push_back(rows.text(0));
  }
  return found;
}

}  // namespace ledger
