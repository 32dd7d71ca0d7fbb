#include "db/sqlite/audit.hpp"

#include <limits>
#include <utility>

#include "db/rules.hpp"
#include "db/sqlite/rows.hpp"
#include "server/seam/scope_exit.hpp"

namespace ledger {
namespace {

constexpr int batch = 10'000;
constexpr int steps_between_questions = 10'000;

std::string in_batches(const char* columns, const char* rest) {
  return std::string("SELECT ") + columns + " " + rest + " LIMIT " + std::to_string(batch);
}

int ask(void* keep_going) {
  return (*static_cast<const KeepGoing*>(keep_going))() ? 0 : 1;
}

}  // namespace

SqliteAudit::SqliteAudit(const Source& source)
    : reader_(source, Use::checking),
      transfers_(reader_.database(),
                 in_batches(transfer_columns, "FROM transfers WHERE id > ?1 ORDER BY id")),
      accounts_(reader_.database(),
                in_batches(account_columns, "FROM accounts WHERE id > ?1 AND id <> 0 ORDER BY id")),
      keys_(reader_.database(),
            in_batches(key_columns,
                       "FROM keys WHERE (key, account) > (?1, ?2) ORDER BY key, account")) {
  reader_.database().run("BEGIN; SELECT 1 FROM meta;");
  last_transfer_ = std::numeric_limits<TransferId>::min();
  last_account_ = std::numeric_limits<AccountId>::min();
  last_key_.claim.account = std::numeric_limits<AccountId>::min();
}

bool SqliteAudit::next(const KeepGoing& keep_going) {
  if (stage_ == Stage::done) return false;
  if (!keep_going()) return true;
  sqlite3* const native = reader_.database().native();
  // The cast is safe: SQLite only passes the pointer to ask(), which does not write through it.
  sqlite3_progress_handler(native, steps_between_questions, ask,
                           const_cast<KeepGoing*>(&keep_going));
  const seam::ScopeExit stop_asking([&] { sqlite3_progress_handler(native, 0, nullptr, nullptr); });
  try {
    advance();
  } catch (const SqlError& error) {
    if (error.kind() == SQLITE_INTERRUPT) return true;
    if (error.kind() != SQLITE_CORRUPT) throw StoreFailed(error.what());
    // This table is too damaged to be read to its end. The rest may show more.
    recount_.violation(error.what());
    stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
  }
  return stage_ != Stage::done;
}

void SqliteAudit::advance() {
  bool more = false;
  switch (stage_) {
    case Stage::transfers:
      more = transfers();
      break;
    case Stage::accounts:
      more = accounts();
      break;
    case Stage::keys:
      more = keys();
      break;
    case Stage::file:
      more = file();
      break;
    case Stage::references:
      more = references();
      break;
    case Stage::done:
      return;
  }
  if (!more) stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
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
  Cursor rows = accounts_.run(last_account_);
  int seen = 0;
  for (; rows.step(); ++seen) {
    const Account row = account_in(rows);
    recount_.add(row);
    last_account_ = row.id;
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
    recount_.add(row, made);
    last_key_ = std::move(row);
  }
  return seen == batch;
}

bool SqliteAudit::file() {
  const std::vector<std::string> found = check_file();
  // integrity_check reports a failed read as a damaged page; only damage is found twice.
  const bool well_read = found.empty() || check_file() == found;
  if (!well_read) throw StoreFailed("parts of the file cannot be read every time; check the disk");
  for (const std::string& line : found) recount_.violation("the file: " + line);
  return false;
}

std::vector<std::string> SqliteAudit::check_file() {
  Statement check(reader_.database(), "PRAGMA integrity_check(20)");
  Cursor rows = check.run();
  std::vector<std::string> found;
  while (rows.step()) {
    if (rows.text(0) != "ok") found.push_back(rows.text(0));
  }
  return found;
}

bool SqliteAudit::references() {
  Statement check(reader_.database(), "PRAGMA foreign_key_check");
  Cursor rows = check.run();
  std::vector<std::string> found;
  while (rows.step()) {
    found.push_back(rows.text(0) + " " + std::to_string(rows.integer(1)) +
                    " refers to a row that does not exist in " + rows.text(2));
  }
  for (const std::string& line : found) recount_.violation(line);
  recount_.finish();
  return false;
}

}  // namespace ledger
