#include "db/sqlite/writer.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <system_error>

#include "db/errors.hpp"
#include "db/sqlite/log.hpp"
#include "db/sqlite/remedies.hpp"
#include "db/sqlite/rows.hpp"
#include "db/sqlite/schema.hpp"

namespace ledger {
namespace {

constexpr std::int64_t wal_header_bytes = 32;
constexpr std::int64_t frame_header_bytes = 24;

// A log that is this many times longer than its threshold is worth a short wait for readers.
constexpr std::int64_t overgrown = 16;
constexpr int restart_wait_ms = 100;

// A crash can leave rows in the log that readers see and that were never synced. Makes them durable
// before the ledger is served.
Database open_durable(const Source& source) {
  Database database = source.open_for_writing(source.directory().file());
  checkpoint_on_close(database, false);  // an opening that is refused changes nothing
  check_identity(database, migrations());
  require_own_log(database, source);
  // cache_size: in KiB. secure_delete: Debian's default overwrites deleted rows; nothing is deleted
  // here. journal_size_limit: a log that has grown under a long read shrinks again.
  database.run(
      "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -65536; PRAGMA secure_delete = OFF; PRAGMA trusted_schema = OFF;"
      "PRAGMA journal_size_limit = 67108864;");
  sync_every_commit(database);
  rewrite_log(database);
  return database;
}

/// Returns how many pages the connection has written since the last reset.
int pages_written(const Database& database, bool reset) {
  int written = 0;
  int highest = 0;
  sqlite3_db_status(database.native(), SQLITE_DBSTATUS_CACHE_WRITE, &written, &highest, reset);
  return written;
}

/// Returns the number of the last transfer, unless the table is damaged; the audit reports that.
std::optional<TransferId> last_transfer(Database& database) {
  try {
    return database.integer("SELECT max(id) FROM transfers");
  } catch (const SqlError&) {
    return std::nullopt;
  }
}

}  // namespace

Writer::Writer(const Source& source, Directory& directory, std::int64_t checkpoint_after)
    : directory_(directory),
      record_(directory.record()),
      database_(open_durable(source)),
      begin_(database_, "BEGIN IMMEDIATE"),
      commit_(database_, "COMMIT"),
      frame_bytes_(frame_header_bytes + database_.integer("PRAGMA page_size")),
      checkpoint_frames_(std::max<std::int64_t>(1, checkpoint_after / frame_bytes_)) {
  reset_thresholds();
  sqlite3_wal_hook(database_.native(), &Writer::note_commit, this);
  const bool ready = clear_log();
  choose_start_number();
  directory_.remember_log();
  if (ready) {
    with_room([&] { store_start_number(); });
  } else {
    frames_ = (log_bytes(database_) - wal_header_bytes) / frame_bytes_;
  }
  checkpoint_on_close(database_, true);
}

Writer::~Writer() {
  if (!directory_.has_opened_files()) distrust();
  if (distrusted_) return;
  record_.base = last_transfer(database_).value_or(0);
  record_.serving = false;  // closing the connection removes the log
  try {
    directory_.write(record_);
  } catch (const std::system_error&) {
    distrust();  // keeps the log
  }
}

/// Does the step. If the disk is full but the ledger can be read, sets refusal_ and returns false.
template <typename Step>
bool Writer::with_room(Step step) {
  try {
    step();
    return true;
  } catch (const SqlError& error) {
    const bool readable = !distrusted_ && is_current(database_, migrations());
    if (error.kind() != SQLITE_FULL || !readable) throw;
    refusal_ = error.what();
    return false;
  }
}

/// Empties the log and migrates the schema.
bool Writer::clear_log() {
  record_.serving = false;
  if (directory_.record().serving) directory_.write(record_);
  return with_room([&] {
    checkpoint_completely(database_);
    if (!is_current(database_, migrations())) {
      const bool empty = database_.integer("PRAGMA user_version") == 0;
      empty ? create_tables(database_) : migrate(database_, migrations());
      checkpoint_completely(database_);
    }
    log_is_copied_ = true;
  });
}

/// Chooses the start number and stores it in the lock file, which has room for it on a full disk.
void Writer::choose_start_number() {
  const std::int64_t starts = meta(database_, "starts");
  // Handles contain the start number and must be unique for good.
  if (starts < 0 || starts == std::numeric_limits<std::int64_t>::max()) {
    refuse("ledger.db has no valid count of starts", restore_or_begin);
  }
  const std::int64_t identity = meta(database_, "identity");
  const TransferId last = last_transfer(database_).value_or(record_.base);
  const bool known = record_.identity != 0;
  const bool older = starts < record_.recorded || last < record_.base;
  if (known && (identity != record_.identity || older)) {
    refuse("ledger.db is older than the file lock says, or is another ledger",
           "put the latest one back, or move lock away to serve this one");
  }
  record_.identity = identity;
  if (log_is_copied_) record_.base = last;
  record_.given = std::max(starts, record_.given) + 1;
  directory_.write(record_);
}

/// Stores the start number in the ledger.
void Writer::store_start_number() {
  begin_transaction();
  try {
    Statement count(database_, "UPDATE meta SET value = ?1 WHERE name = 'starts'");
    if (count.change(record_.given) != 1)
      refuse("ledger.db has no count of starts", restore_or_begin);
    write_to_log();
  } catch (...) {
    rollback();
    throw;
  }
  try {
    commit();
  } catch (const SqlError&) {
    distrust();
    throw;
  }
  record_.recorded = record_.given;
  record_.serving = true;
  directory_.write(record_);
  refusal_.clear();
}

int Writer::note_commit(void* self, sqlite3*, const char*, int frames) {
  Writer& writer = *static_cast<Writer*>(self);
  const bool log_restarted = frames < writer.frames_;
  if (log_restarted) {
    writer.reset_thresholds();
    writer.log_bytes_ = 0;  // SQLite may have shortened it
  }
  writer.frames_ = frames;
  writer.log_is_copied_ = false;
  return SQLITE_OK;
}

void Writer::reset_thresholds() {
  checkpoint_due_ = checkpoint_frames_;
  restart_due_ = overgrown * checkpoint_frames_;
}

void Writer::begin() {
  if (!refusal_.empty()) store_start_number();
  begin_transaction();
}

void Writer::begin_transaction() {
  pages_written(database_, true);
  try {
    begin_.change();
    // This commit may begin a log. It writes the page of meta, so that the log has the identity.
    if (log_is_copied_) database_.run("UPDATE meta SET value = value + 1 WHERE name = 'logs'");
  } catch (...) {
    rollback();  // a failed BEGIN may have taken effect
    throw;
  }
}

void Writer::rollback() {
  if (in_transaction()) sqlite3_exec(database_.native(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Writer::write_to_log() {
  database_.check(sqlite3_db_cacheflush(database_.native()));
  // One more frame: COMMIT writes the page that SQLite keeps in use during the transaction.
  const std::int64_t needed =
      wal_header_bytes + (frames_ + pages_written(database_, false) + 1) * frame_bytes_;
  if (log_bytes_ < needed) log_bytes_ = extend_log(database_, needed);
  directory_.require_opened_files();
}

void Writer::commit() {
  commit_.change();  // with synchronous = FULL it syncs the log before it returns
}

void Writer::distrust() {
  distrusted_ = true;
  checkpoint_on_close(database_, false);
}

void Writer::tidy() {
  if (distrusted_ || frames_ < checkpoint_due_) return;
  checkpoint_due_ = frames_ + checkpoint_frames_;
  try {
    record_.checkpointing = true;
    directory_.write(record_);
    checkpoint();
    record_.checkpointing = false;
    directory_.write(record_);
  } catch (const std::system_error&) {
    // The lock file then still says that a checkpoint may have been cut short, which is safe.
  }
}

void Writer::checkpoint() {
  // PASSIVE waits for no reader and leaves the frames that one still needs. After a complete
  // checkpoint the next commit restarts the log, unless a reader is using the log at that moment.
  // Under steady reads that may never happen; RESTART then waits for them.
  const bool force = frames_ >= restart_due_;
  sqlite3* native = database_.native();
  if (force) sqlite3_busy_timeout(native, restart_wait_ms);
  const int mode = force ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  int in_log = 0;
  int done = 0;
  const int code = sqlite3_wal_checkpoint_v2(native, "main", mode, &in_log, &done);
  log_is_copied_ = code == SQLITE_OK && in_log == done;
  if (log_is_copied_) record_.base = last_transfer(database_).value_or(0);
  if (!force) return;
  sqlite3_busy_timeout(native, Database::busy_wait_ms);
  if (code != SQLITE_OK) restart_due_ = 2 * frames_;
}

}  // namespace ledger
