#pragma once

/// The only connection that writes, and the only one that checkpoints.

#include <cstdint>
#include <string>

#include "db/sqlite/database.hpp"
#include "db/sqlite/source.hpp"

namespace ledger {

/// Used by one thread at a time. Throws SqlError unless it says otherwise.
class Writer {
 public:
  /// Opens the file for serving: sets WAL mode and a sync at each commit, makes durable and
  /// checkpoints the log that a crash has left, migrates the schema to this version, and counts the
  /// start. On a full disk the last three wait for the next begin(), and the ledger can be read
  /// meanwhile. `checkpoint_after`: the size in bytes at which the log is due for a checkpoint.
  /// Throws OpenFailed if the file is not a ledger of ours or cannot be made durable,
  /// std::system_error.
  Writer(const Source& source, Directory& directory, std::int64_t checkpoint_after);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Notes in the lock file that no log will be left.
  ~Writer();

  /// Returns how often the ledger has been opened, this time included. Durable.
  std::int64_t start_number() const { return record_.given; }
  /// Returns why no transaction can begin at present; empty if one can.
  const std::string& refusal() const { return refusal_; }

  void begin();
  /// Undoes the transaction, if there is one. Throws nothing.
  void rollback();
  /// Writes the transaction's pages to the log, without a sync, and extends the log by the frame
  /// that COMMIT will write. A full disk fails this call, and therefore cannot fail COMMIT. Throws
  /// StoreFailed, too, if the files have lost their names: the next start would not find the
  /// transaction.
  void write_to_log();
  /// Executes COMMIT: writes the last frame and syncs the log. When it returns, the transaction is
  /// durable. After an exception nothing is known until the next opening: call distrust().
  void commit();
  bool in_transaction() const { return database_.in_transaction(); }

  /// Checkpoints the log, if due. Throws nothing.
  void tidy();
  /// Ends the use of this connection after a failed COMMIT: no transaction may begin, and no
  /// checkpoint runs, not even when it closes.
  void distrust();
  bool distrusted() const { return distrusted_; }

  Database& database() { return database_; }

 private:
  static int note_commit(void* self, sqlite3*, const char*, int frames);
  template <typename Step>
  bool with_room(Step step);
  bool clear_log();
  void choose_start_number();
  void store_start_number();
  void begin_transaction();
  void reset_thresholds();
  void checkpoint();

  Directory& directory_;
  LockRecord record_;
  std::string refusal_;
  Database database_;
  Statement begin_;
  Statement commit_;
  const std::int64_t frame_bytes_;
  const std::int64_t checkpoint_frames_;
  std::int64_t frames_ = 0;          // in the log after the latest commit
  std::int64_t log_bytes_ = 0;       // it has at least so many
  std::int64_t checkpoint_due_ = 0;  // at so many frames
  std::int64_t restart_due_ = 0;     // at so many frames; a restart waits for readers
  bool log_is_copied_ = false;       // ledger.db has all commits, so the log can restart
  bool distrusted_ = false;
};

}  // namespace ledger
