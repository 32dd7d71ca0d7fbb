#pragma once

/// Writing: the one connection that writes, and that alone checkpoints.

#include <cstdint>

#include "db/sqlite/connection.hpp"
#include "db/sqlite/reader.hpp"

namespace ledger {

/// Used by one thread at a time. Throws SqlError where not said otherwise.
class Writer {
 public:
  /// Opens the file, refuses one that is not ours (OpenFailed), and makes it ready to serve: in WAL
  /// mode, what a crash has left in the WAL checkpointed and durable, the schema of this version.
  /// `checkpoint_after`: how many bytes the WAL may have before a checkpoint is due.
  Writer(const Source& source, std::int64_t checkpoint_after);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Counts this opening, durably; returns the new number.
  std::int64_t count_start();

  void begin();
  /// Undoes the transaction, if there is one. Throws nothing.
  void rollback();
  /// Sends to the WAL all that the transaction has written, and sees to it that there is room for
  /// the frame that commits it. After this a full disk cannot fail COMMIT.
  void flush();
  void commit();
  bool in_transaction() const { return connection_.in_transaction(); }

  /// Checkpoints what readers have left behind, if due. Throws nothing.
  void tidy();
  /// COMMIT has failed, so that nobody knows what the file holds: no transaction begins any more
  /// and nothing is checkpointed, not even when closing. The next opening finds out.
  void distrust();
  bool distrusted() const { return distrusted_; }

  Connection& connection() { return connection_; }

 private:
  static int note_commit(void* self, sqlite3*, const char*, int frames);
  void wait_for_growth();
  void checkpoint();

  Connection connection_;
  Statement begin_;
  Statement commit_;
  const std::int64_t frame_bytes_;
  const std::int64_t checkpoint_frames_;
  std::int64_t frames_ = 0;  // in the WAL after the latest commit
  std::int64_t due_ = 0;     // a checkpoint is, at so many
  std::int64_t restart_due_ = 0;
  bool distrusted_ = false;
};

}  // namespace ledger
