#include "db/sqlite/snapshot.hpp"

#include "db/sqlite/log.hpp"

namespace ledger {
namespace {

constexpr int steps_between_polls = 10'000;

}  // namespace

Snapshot::Snapshot(Database& database, std::int64_t longest_log_growth) : database_(database) {
  database_.run("BEGIN; SELECT 1 FROM meta;");
  longest_log_ = log_bytes(database_) + longest_log_growth;
}

Snapshot::~Snapshot() {
  sqlite3_progress_handler(database_.native(), 0, nullptr, nullptr);
  if (database_.in_transaction()) {
    sqlite3_exec(database_.native(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Snapshot::poll(const KeepGoing& keep_going) {
  keep_going_ = &keep_going;
  sqlite3_progress_handler(database_.native(), steps_between_polls, &Snapshot::on_progress, this);
}

int Snapshot::on_progress(void* snapshot) {
  const Snapshot& self = *static_cast<const Snapshot*>(snapshot);
  return (*self.keep_going_)() && !self.log_is_too_long() ? 0 : 1;
}

bool Snapshot::log_is_too_long() const {
  return log_bytes(database_) > longest_log_;
}

void Snapshot::require_short_log() const {
  if (!log_is_too_long()) return;
  throw StoreFailed(
      "too much was committed while one snapshot was read, and the log has grown too long; repeat "
      "this when fewer transactions run");
}

}  // namespace ledger
