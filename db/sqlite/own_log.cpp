#include "db/sqlite/own_log.hpp"

#include "db/errors.hpp"
#include "db/sqlite/rows.hpp"

namespace ledger {
namespace {

constexpr const char* mixed =
    "ledger.db does not belong to the log beside it; restore both from the same moment, or move "
    "ledger.db-wal and lock away to serve ledger.db without the log";

}  // namespace

// A log continues the state that the database file had when the log began. The lock file has the
// number of the last transfer of that state; a file that lacks it is older than the log.
void require_own_log(Database& database, const Source& source) {
  const LockRecord& record = source.directory().record();
  if (!record.serving) return;
  std::int64_t identity = record.identity;
  std::int64_t last_transfer = record.base;
  try {
    Database alone = source.open_without_log();
    identity = meta(alone, "identity");
    if (!record.checkpointing) last_transfer = alone.integer("SELECT max(id) FROM transfers");
  } catch (const SqlError&) {
    // A checkpoint that was cut short can leave a file that is unreadable without its log, and so
    // can damage, which the audit reports.
  }
  const bool own = identity == record.identity && last_transfer >= record.base &&
                   meta(database, "identity") == identity;
  if (!own) throw OpenFailed(mixed);
}

}  // namespace ledger
