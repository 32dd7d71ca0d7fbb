#include "tests/db/connections.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string_view>

#include <sqlite3.h>

namespace connections {
namespace {

std::mutex mutex;
std::set<sqlite3*> open;
thread_local bool in_commit = false;
std::atomic<int> failed{0};

int note(unsigned what, void*, void* subject, void* detail) {
  if (what == SQLITE_TRACE_CLOSE) {
    const std::lock_guard lock(mutex);
    open.erase(static_cast<sqlite3*>(subject));
  } else {
    // SQLITE_TRACE_STMT: a statement begins. SQLITE_TRACE_PROFILE: it has ended.
    in_commit =
        what == SQLITE_TRACE_STMT && std::string_view(static_cast<const char*>(detail)) == "COMMIT";
  }
  return 0;
}

int note_opened(sqlite3* native, const char**, const void*) {
  {
    const std::lock_guard lock(mutex);
    open.insert(native);
  }
  sqlite3_rollback_hook(
      native, [](void*) { failed += in_commit ? 1 : 0; }, nullptr);
  return sqlite3_trace_v2(native, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE | SQLITE_TRACE_CLOSE,
                          note, nullptr);
}

}  // namespace

void watch() {
  // SQLite takes a function of another type and calls it with these parameters.
  if (sqlite3_auto_extension(reinterpret_cast<void (*)()>(note_opened)) != SQLITE_OK) {
    throw std::runtime_error("SQLite does not accept the hook for new connections");
  }
}

bool committing() {
  return in_commit;
}

int failed_commits() {
  return failed.load();
}

std::size_t in_transaction() {
  const std::lock_guard lock(mutex);
  return static_cast<std::size_t>(std::count_if(open.begin(), open.end(), [](sqlite3* native) {
    return sqlite3_txn_state(native, nullptr) != SQLITE_TXN_NONE;
  }));
}

std::size_t cache_bytes() {
  const std::lock_guard lock(mutex);
  std::size_t sum = 0;
  for (sqlite3* native : open) {
    int used = 0;
    int highest = 0;
    sqlite3_db_status(native, SQLITE_DBSTATUS_CACHE_USED, &used, &highest, 0);
    sum += static_cast<std::size_t>(used);
  }
  return sum;
}

}  // namespace connections
