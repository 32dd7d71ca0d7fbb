#pragma once

#include <cstdint>

#include "db/ledger.hpp"
#include "db/sqlite/database.hpp"

namespace ledger {

/// A read transaction on a connection. While it exists the log cannot restart, so it must be short,
/// or end once the log has grown too much. Used by the thread of the connection, which outlives it.
class Snapshot {
 public:
  /// Begins the transaction. `longest_log_growth` is in bytes. Throws SqlError.
  Snapshot(Database& database, std::int64_t longest_log_growth);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

  /// Makes long statements on the connection call `keep_going` regularly. Once `keep_going` returns
  /// false or the log has grown too much, the statement fails with SQLITE_INTERRUPT.
  void poll(const KeepGoing& keep_going);
  /// Throws StoreFailed if the log has grown too much.
  void require_short_log() const;

 private:
  static int on_progress(void* snapshot);
  bool log_is_too_long() const;

  Database& database_;
  const KeepGoing* keep_going_ = nullptr;
  std::int64_t longest_log_ = 0;
};

}  // namespace ledger
