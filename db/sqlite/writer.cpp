#include "db/sqlite/writer.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "db/ledger.hpp"
#include "db/sqlite/schema.hpp"

namespace ledger {
namespace {

constexpr std::int64_t wal_header_bytes = 32;
constexpr std::int64_t frame_header_bytes = 24;
constexpr int synchronous_full = 2;

// A log so many times over its threshold is worth a short wait of the writer for its readers.
constexpr std::int64_t overgrown = 16;
constexpr int restart_wait_ms = 100;

void require_wal(Connection& connection) {
  const std::string mode = connection.text("PRAGMA journal_mode = WAL");
  if (mode != "wal") throw OpenFailed("its file system does not allow a write-ahead log");
  connection.run("PRAGMA synchronous = FULL");
  if (connection.integer("PRAGMA synchronous") != synchronous_full) {
    throw OpenFailed("SQLite does not sync its commits");
  }
}

sqlite3_file* log_of(Connection& connection) {
  sqlite3_file* wal = nullptr;
  connection.check(
      sqlite3_file_control(connection.native(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal));
  return wal;
}

// A page of the WAL whose sync has failed is in memory, clean, and perhaps nowhere else: no sync
// writes it again, and a checkpoint cut short would be without the log that repairs it.
void write_anew(Connection& connection, sqlite3_file* wal) {
  if (wal->pMethods == nullptr) return;  // a new file has none yet
  std::vector<char> bytes(std::size_t{64} * 1024);
  sqlite3_int64 size = 0;
  connection.check(wal->pMethods->xFileSize(wal, &size));
  for (sqlite3_int64 at = 0; at < size; at += static_cast<sqlite3_int64>(bytes.size())) {
    const auto count =
        static_cast<int>(std::min(size - at, static_cast<sqlite3_int64>(bytes.size())));
    connection.check(wal->pMethods->xRead(wal, bytes.data(), count, at));
    connection.check(wal->pMethods->xWrite(wal, bytes.data(), count, at));
  }
  if (size > 0) connection.check(wal->pMethods->xSync(wal, SQLITE_SYNC_FULL));
}

// After a crash there can be rows in the WAL that everybody sees and that were never synced. Once
// this has returned, all there is to see is durable.
void make_durable(Connection& connection) {
  write_anew(connection, log_of(connection));
  Statement statement(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
  Run rows = statement.run();
  const bool whole = rows.step() && rows.integer(0) == 0;
  if (!whole) throw OpenFailed("another program is reading or writing its file");
}

Connection writing(const Source& source) {
  Connection connection(source.file, SQLITE_OPEN_READWRITE, source.vfs_name());
  check_identity(connection, migrations());
  // cache_size: in KiB. secure_delete: Debian's default overwrites what is deleted; nothing is
  // deleted here. journal_size_limit: a WAL grown under a long read shrinks again.
  connection.run(
      "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -65536; PRAGMA secure_delete = OFF; PRAGMA trusted_schema = OFF;"
      "PRAGMA journal_size_limit = 67108864;");
  require_wal(connection);
  make_durable(connection);
  return connection;
}

}  // namespace

Writer::Writer(const Source& source, std::int64_t checkpoint_after)
    : connection_(writing(source)),
      begin_(connection_, "BEGIN IMMEDIATE"),
      commit_(connection_, "COMMIT"),
      frame_bytes_(frame_header_bytes + connection_.integer("PRAGMA page_size")),
      checkpoint_frames_(std::max<std::int64_t>(1, checkpoint_after / frame_bytes_)) {
  wait_for_growth();
  sqlite3_wal_hook(connection_.native(), &Writer::note_commit, this);
  migrate(connection_, migrations());
}

int Writer::note_commit(void* self, sqlite3*, const char*, int frames) {
  Writer& writer = *static_cast<Writer*>(self);
  const bool begun_anew = frames < writer.frames_;
  if (begun_anew) writer.wait_for_growth();
  writer.frames_ = frames;
  return SQLITE_OK;
}

void Writer::wait_for_growth() {
  due_ = checkpoint_frames_;
  restart_due_ = overgrown * checkpoint_frames_;
}

std::int64_t Writer::count_start() {
  begin();
  connection_.run("UPDATE meta SET value = value + 1 WHERE name = 'starts'");
  const std::int64_t number = connection_.integer("SELECT value FROM meta WHERE name = 'starts'");
  // Without a number that grows, handles would come again.
  if (number < 1) throw OpenFailed("the file does not say how often it was opened");
  commit();
  return number;
}

void Writer::begin() {
  int written = 0;
  int highest = 0;
  sqlite3_db_status(connection_.native(), SQLITE_DBSTATUS_CACHE_WRITE, &written, &highest, 1);
  try {
    begin_.change();
  } catch (...) {
    rollback();  // it may have taken effect all the same
    throw;
  }
}

void Writer::rollback() {
  if (in_transaction()) sqlite3_exec(connection_.native(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Writer::flush() {
  connection_.check(sqlite3_db_cacheflush(connection_.native()));
  sqlite3_file* const wal = log_of(connection_);
  int written = 0;
  int highest = 0;
  sqlite3_db_status(connection_.native(), SQLITE_DBSTATUS_CACHE_WRITE, &written, &highest, 0);
  // The page that is in use while a transaction lasts comes with COMMIT, as one frame more.
  const std::int64_t needed = wal_header_bytes + (frames_ + written + 1) * frame_bytes_;
  sqlite3_int64 size = 0;
  connection_.check(wal->pMethods->xFileSize(wal, &size));
  // What stands behind the last commit of a WAL is never read: its frames are chained by checksums.
  static constexpr std::array<char, 16 * 4096> zeros{};
  while (size < needed) {
    connection_.check(
        wal->pMethods->xWrite(wal, zeros.data(), static_cast<int>(zeros.size()), size));
    size += static_cast<sqlite3_int64>(zeros.size());
  }
}

void Writer::commit() {
  commit_.change();
}

void Writer::distrust() {
  distrusted_ = true;
  sqlite3_db_config(connection_.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                    static_cast<int*>(nullptr));
}

void Writer::tidy() {
  if (distrusted_ || in_transaction() || frames_ < due_) return;
  due_ = frames_ + checkpoint_frames_;
  checkpoint();
}

void Writer::checkpoint() {
  // PASSIVE waits for nobody: what a reader still needs stays for the next time. When all is done,
  // the next commit begins the log anew, if just then no reader is in it. Readers can keep hitting
  // that moment; then RESTART waits for them, and no longer than they last unless one is a scan.
  const bool force = frames_ >= restart_due_;
  sqlite3* native = connection_.native();
  if (force) sqlite3_busy_timeout(native, restart_wait_ms);
  const int mode = force ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(native, "main", mode, nullptr, nullptr);
  if (!force) return;
  sqlite3_busy_timeout(native, Connection::busy_wait_ms);
  if (code != SQLITE_OK) restart_due_ = 2 * frames_;
}

}  // namespace ledger
