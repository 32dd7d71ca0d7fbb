#include "db/sqlite/writer.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "db/errors.hpp"
#include "db/sqlite/schema.hpp"

namespace ledger {
namespace {

constexpr std::int64_t wal_header_bytes = 32;
constexpr std::int64_t frame_header_bytes = 24;
constexpr int synchronous_full = 2;

// A log that is this many times longer than its threshold is worth a short wait for readers.
constexpr std::int64_t overgrown = 16;
constexpr int restart_wait_ms = 100;

void sync_every_commit(Database& database) {
  const std::string mode = database.text("PRAGMA journal_mode = WAL");
  if (mode != "wal") throw OpenFailed("its file system does not allow a write-ahead log");
  database.run("PRAGMA synchronous = FULL");
  if (database.integer("PRAGMA synchronous") != synchronous_full) {
    throw OpenFailed("SQLite does not sync its commits");
  }
}

sqlite3_file* log_of(Database& database) {
  sqlite3_file* log = nullptr;
  database.check(
      sqlite3_file_control(database.native(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log));
  return log;
}

// After a failed sync Linux counts the pages of a file as clean: they may be in memory only, and no
// later sync writes them. A checkpoint that is cut short needs the log on disk for its repair. So
// the log is written again over itself before anything rests on it.
void rewrite_log(Database& database, sqlite3_file* log) {
  if (log->pMethods == nullptr) return;  // a new file has no log yet
  std::vector<char> bytes(std::size_t{64} * 1024);
  sqlite3_int64 size = 0;
  database.check(log->pMethods->xFileSize(log, &size));
  for (sqlite3_int64 at = 0; at < size; at += static_cast<sqlite3_int64>(bytes.size())) {
    const auto count =
        static_cast<int>(std::min(size - at, static_cast<sqlite3_int64>(bytes.size())));
    database.check(log->pMethods->xRead(log, bytes.data(), count, at));
    database.check(log->pMethods->xWrite(log, bytes.data(), count, at));
  }
  if (size > 0) database.check(log->pMethods->xSync(log, SQLITE_SYNC_FULL));
}

// A crash can leave rows in the log that readers see and that were never synced. Makes them durable
// before the ledger is served.
void make_durable(Database& database) {
  rewrite_log(database, log_of(database));
  Statement statement(database, "PRAGMA wal_checkpoint(TRUNCATE)");
  Cursor rows = statement.run();
  const bool complete = rows.step() && rows.integer(0) == 0;
  if (!complete) throw OpenFailed("another program is using its file; end that program");
}

Database open_for_writing(const Source& source) {
  Database database(source.file, SQLITE_OPEN_READWRITE, source.vfs_name());
  check_identity(database, migrations());
  // cache_size: in KiB. secure_delete: Debian's default overwrites deleted rows; nothing is deleted
  // here. journal_size_limit: a log that has grown under a long read shrinks again.
  database.run(
      "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -65536; PRAGMA secure_delete = OFF; PRAGMA trusted_schema = OFF;"
      "PRAGMA journal_size_limit = 67108864;");
  sync_every_commit(database);
  make_durable(database);
  return database;
}

}  // namespace

Writer::Writer(const Source& source, std::int64_t checkpoint_after)
    : database_(open_for_writing(source)),
      begin_(database_, "BEGIN IMMEDIATE"),
      commit_(database_, "COMMIT"),
      frame_bytes_(frame_header_bytes + database_.integer("PRAGMA page_size")),
      checkpoint_frames_(std::max<std::int64_t>(1, checkpoint_after / frame_bytes_)) {
  reset_thresholds();
  sqlite3_wal_hook(database_.native(), &Writer::note_commit, this);
  migrate(database_, migrations());
}

int Writer::note_commit(void* self, sqlite3*, const char*, int frames) {
  Writer& writer = *static_cast<Writer*>(self);
  const bool log_restarted = frames < writer.frames_;
  if (log_restarted) writer.reset_thresholds();
  writer.frames_ = frames;
  return SQLITE_OK;
}

void Writer::reset_thresholds() {
  checkpoint_due_ = checkpoint_frames_;
  restart_due_ = overgrown * checkpoint_frames_;
}

std::int64_t Writer::count_start() {
  begin();
  database_.run("UPDATE meta SET value = value + 1 WHERE name = 'starts'");
  const std::int64_t number = database_.integer("SELECT value FROM meta WHERE name = 'starts'");
  // Handles contain this number and must be unique for good.
  if (number < 1) throw OpenFailed("the file does not say how often it was opened");
  commit();
  return number;
}

void Writer::begin() {
  int written = 0;
  int highest = 0;
  sqlite3_db_status(database_.native(), SQLITE_DBSTATUS_CACHE_WRITE, &written, &highest, 1);
  try {
    begin_.change();
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
  sqlite3_file* const log = log_of(database_);
  int written = 0;
  int highest = 0;
  sqlite3_db_status(database_.native(), SQLITE_DBSTATUS_CACHE_WRITE, &written, &highest, 0);
  // One more frame: COMMIT writes the page that SQLite keeps in use during the transaction.
  const std::int64_t needed = wal_header_bytes + (frames_ + written + 1) * frame_bytes_;
  sqlite3_int64 size = 0;
  database_.check(log->pMethods->xFileSize(log, &size));
  // Frames after the log's last commit are never read: checksums chain the valid ones.
  static constexpr std::array<char, 16 * 4096> zeros{};
  while (size < needed) {
    database_.check(log->pMethods->xWrite(log, zeros.data(), static_cast<int>(zeros.size()), size));
    size += static_cast<sqlite3_int64>(zeros.size());
  }
}

void Writer::commit() {
  commit_.change();  // with synchronous = FULL it syncs the log before it returns
}

void Writer::distrust() {
  distrusted_ = true;
  sqlite3_db_config(database_.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                    static_cast<int*>(nullptr));
}

void Writer::tidy() {
  if (distrusted_ || in_transaction() || frames_ < checkpoint_due_) return;
  checkpoint_due_ = frames_ + checkpoint_frames_;
  checkpoint();
}

void Writer::checkpoint() {
  // PASSIVE waits for no reader and leaves the frames that one still needs. After a complete
  // checkpoint the next commit restarts the log, unless a reader is using the log at that moment.
  // Under steady reads that may never happen; RESTART then waits for them.
  const bool force = frames_ >= restart_due_;
  sqlite3* native = database_.native();
  if (force) sqlite3_busy_timeout(native, restart_wait_ms);
  const int mode = force ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(native, "main", mode, nullptr, nullptr);
  if (!force) return;
  sqlite3_busy_timeout(native, Database::busy_wait_ms);
  if (code != SQLITE_OK) restart_due_ = 2 * frames_;
}

}  // namespace ledger
