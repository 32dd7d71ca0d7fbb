#include "db/sqlite/log.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "db/sqlite/remedies.hpp"
#include "db/sqlite/rows.hpp"

namespace ledger {

void sync_every_commit(Database& database) {
  const std::string mode = database.text("PRAGMA journal_mode = WAL");
  if (mode != "wal") refuse("its file system does not allow a write-ahead log", choose_directory);
  database.run("PRAGMA synchronous = FULL");
}

void checkpoint_on_close(Database& database, bool enable) {
  sqlite3_db_config(database.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, enable ? 0 : 1,
                    static_cast<int*>(nullptr));
}

std::int64_t log_bytes(const Database& database) {
  sqlite3_file* const log = database.log();
  sqlite3_int64 size = 0;
  if (log->pMethods != nullptr) database.check(log->pMethods->xFileSize(log, &size));
  return size;
}

std::int64_t extend_log(Database& database, std::int64_t bytes) {
  static constexpr std::array<char, 16 * 4096> zeros{};
  sqlite3_file* const log = database.log();
  std::int64_t size = log_bytes(database);
  for (; size < bytes; size += std::ssize(zeros)) {
    database.check(log->pMethods->xWrite(log, zeros.data(), static_cast<int>(zeros.size()), size));
  }
  return size;
}

void rewrite_log(Database& database) {
  sqlite3_file* const log = database.log();
  std::vector<char> bytes(std::size_t{64} * 1024);
  const std::int64_t size = log_bytes(database);
  for (std::int64_t at = 0; at < size; at += std::ssize(bytes)) {
    const auto count = static_cast<int>(std::min(size - at, std::ssize(bytes)));
    database.check(log->pMethods->xRead(log, bytes.data(), count, at));
    database.check(log->pMethods->xWrite(log, bytes.data(), count, at));
  }
  if (size > 0) database.check(log->pMethods->xSync(log, SQLITE_SYNC_FULL));
}

// A log continues the state that the database file had when the log began. The lock file has the
// number of the last transfer of that state; a file that lacks it is older than the log.
void require_own_log(Database& database, const Source& source) {
  const LockRecord& record = source.directory().record();
  if (!record.serving) return;
  std::int64_t identity = record.identity;
  std::int64_t last_transfer = record.base;
  try {
    Database alone = source.open_without_log();
    const std::int64_t alone_has = meta(alone, "identity");
    if (alone_has != 0) identity = alone_has;  // a file of version 1 has none
    if (!record.checkpointing) last_transfer = alone.integer("SELECT max(id) FROM transfers");
  } catch (const SqlError&) {
    // A checkpoint that was cut short can leave a file that is unreadable without its log, and so
    // can damage, which the audit reports.
  }
  const bool own = identity == record.identity && last_transfer >= record.base &&
                   meta(database, "identity") == identity;
  if (own) return;
  refuse("ledger.db does not belong to the log beside it",
         "put both back from the same moment, or move ledger.db-wal and lock away to serve "
         "ledger.db without the log");
}

void checkpoint_completely(Database& database) {
  const bool blocked = database.integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
  if (blocked) refuse("another program is using its file", "end that program");
}

}  // namespace ledger
