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

std::string in_batches(const char* columns, const char* rest) {
  return select(columns, rest) + " LIMIT " + std::to_string(batch);
}

/// Returns an expression that is 1 if a transfer has no entry in the index of this side.
std::string lacks_entry(const std::string& side) {
  return "(" + side +
         " <> 0 AND NOT EXISTS (SELECT 1 FROM transfers AS entry INDEXED BY transfers_" + side +
         " WHERE entry." + side + " = transfers." + side + " AND entry." + side +
         " <> 0 AND entry.id = transfers.id))";
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
      transfers_(reader_.database(),
                 in_batches(transfer_columns, "FROM transfers WHERE id > ?1 ORDER BY id")),
      accounts_(reader_.database(),
                in_batches(account_columns, "FROM accounts WHERE id > ?1 AND id <> 0 ORDER BY id")),
      keys_(reader_.database(),
            in_batches(key_columns,
                       "FROM keys WHERE (key, account) > (?1, ?2) ORDER BY key, account")),
      missing_entries_(reader_.database(),
                       "SELECT count(*), sum(missing), max(id) FROM (" +
                           in_batches(("id, " + lacks_entry("debit") + " + " +
                                       lacks_entry("credit") + " AS missing")
                                          .c_str(),
                                      "FROM transfers WHERE id > ?1 ORDER BY id") +
                           ")"),
      recount_(last_in(reader_.database(), "transfers"), last_in(reader_.database(), "accounts")),
      last_transfer_(std::numeric_limits<TransferId>::min()),
      last_account_(std::numeric_limits<AccountId>::min()),
      last_indexed_(std::numeric_limits<TransferId>::min()) {
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
    const bool by_table = stage == &SqliteAudit::pages || stage == &SqliteAudit::references;
    more = by_table && to_next_table();
  }
  if (!more) ++stage_;
  return stage_ < stages.size();
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
    last_account_ = row.id;
  }
  if (seen < batch) recount_.finish_accounts();
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

bool SqliteAudit::indexes() {
  Cursor rows = missing_entries_.run(last_indexed_);
  rows.step();  // an aggregate always returns one row
  const std::int64_t seen = rows.integer(0);
  const std::int64_t missing = rows.integer(1);
  if (seen > 0) last_indexed_ = rows.integer(2);
  if (missing > 0) {
    recount_.violation("the file: the indexes of transfers lack " + std::to_string(missing) +
                       " entries");
  }
  if (seen < batch) count_index_entries();
  return seen == batch;
}

void SqliteAudit::count_index_entries() {
  for (const std::string side : {"debit", "credit"}) {
    const auto rows = [&](const std::string& how) {
      const std::string of_side = how + " WHERE " + side + " <> 0";
      return reader_.database().integer(("SELECT count(*) FROM transfers " + of_side).c_str());
    };
    if (rows("INDEXED BY transfers_" + side) != rows("NOT INDEXED"))
      recount_.violation("the file: index transfers_" + side + " has other rows");
  }
}

/// Checks the structure of a table and its indexes. The stage before has compared the entries of
/// the indexes of transfers in short steps, because integrity_check would take long for them.
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
  const std::string check_name = table == "transfers" ? "quick_check" : "integrity_check";
  Statement check(reader_.database(), "PRAGMA " + check_name + "(" + table + ")");
  Cursor rows = check.run();
  std::vector<std::string> found;
  while (rows.step()) {
    if (rows.text(0) != "ok") found.push_back(rows.text(0));
  }
  return found;
}

bool SqliteAudit::references() {
  Statement check(reader_.database(),
                  "PRAGMA foreign_key_check(" + std::string(tables.at(next_table_)) + ")");
  Cursor rows = check.run();
  std::vector<std::string> found;
  while (rows.step()) {
    found.push_back(rows.text(0) + " " + std::to_string(rows.integer(1)) +
                    " refers to a row that does not exist in " + rows.text(2));
  }
  for (const std::string& line : found) recount_.violation(line);
  return to_next_table();
}

}  // namespace ledger
