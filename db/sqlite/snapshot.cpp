#include "db/sqlite/snapshot.hpp"

namespace ledger {
namespace {

constexpr int steps_between_questions = 10'000;

}  // namespace

Snapshot::Snapshot(Database& database, std::int64_t longest_log_growth) : database_(database) {
  database_.run("BEGIN; SELECT 1 FROM meta;");
  longest_log_ = log_bytes() + longest_log_growth;
}

Snapshot::~Snapshot() {
  sqlite3_progress_handler(database_.native(), 0, nullptr, nullptr);
  if (database_.in_transaction()) {
    sqlite3_exec(database_.native(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Snapshot::ask(const KeepGoing& keep_going) {
  keep_going_ = &keep_going;
  sqlite3_progress_handler(database_.native(), steps_between_questions, &Snapshot::answer, this);
}

int Snapshot::answer(void* snapshot) {
  const Snapshot& self = *static_cast<const Snapshot*>(snapshot);
  return (*self.keep_going_)() && !self.log_is_too_long() ? 0 : 1;
}

void Snapshot::limit_log() const {
  if (!log_is_too_long()) return;
  throw StoreFailed(
      "too much was committed while one snapshot was read, and the log has grown too long; repeat "
      "this when fewer transactions run");
}

std::int64_t Snapshot::log_bytes() const {
  sqlite3_file* const log = database_.log();
  sqlite3_int64 size = 0;
  if (log->pMethods != nullptr) log->pMethods->xFileSize(log, &size);
  return size;
}

}  // namespace ledger
