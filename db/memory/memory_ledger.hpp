#pragma once

/// The ledger in memory: the same behaviour without files, for tests and for running the server's
/// code under a scheduler. All it shares between threads is behind one seam::Mutex, and the same
/// calls in the same order give the same result.
///
/// A MemoryDisk is what survives the process: opening a new ledger on it is a restart. It can be
/// told to fail, as machines do.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "db/ledger.hpp"
#include "db/memory/books.hpp"
#include "server/seam/seam.hpp"

namespace ledger {

enum class StoreFailure : std::uint8_t { unit_lives, unit_lost };
enum class CommitFailure : std::uint8_t {
  refused,         // StoreFailed
  unknown_done,    // OutcomeUnknown; the next ledger opened on the disk shows it
  unknown_undone,  // OutcomeUnknown; it never took place
};

/// One failure that has been ordered: it comes once, after `well` calls that go well.
template <typename How>
class FailureOrder {
 public:
  void place(How how, int well) {
    how_ = how;
    well_ = well;
  }
  /// How the present call is to fail, if it is.
  std::optional<How> due() {
    if (!how_ || well_-- > 0) return std::nullopt;
    return std::exchange(how_, std::nullopt);
  }

 private:
  std::optional<How> how_;
  int well_ = 0;
};

/// Any thread may call.
class MemoryDisk {
 public:
  // Each makes one call fail: the first of its sort after `well` more that go well. A later order
  // replaces one that has not come to pass.
  void fail_begin(int well = 0);                    // Ledger::begin()
  void fail_read(int well = 0);                     // a read of Ledger, not of a unit
  void fail_store(StoreFailure how, int well = 0);  // a call of a unit that changes something
  void fail_commit(CommitFailure how, int well = 0);

  /// A disk that holds the copy a backup has left under that path; null if none has.
  std::shared_ptr<MemoryDisk> copy_at(const std::string& path);

 private:
  friend class MemoryLedger;
  friend class MemoryUnit;
  friend class MemoryBackup;

  seam::Mutex mutex_;
  Books books_ GUARDED_BY(mutex_);
  // Done by a commit of unknown outcome; not seen before the disk is opened again.
  Books surprise_ GUARDED_BY(mutex_);
  std::map<std::string, Books> copies_ GUARDED_BY(mutex_);
  bool in_use_ GUARDED_BY(mutex_) = false;
  bool unit_open_ GUARDED_BY(mutex_) = false;
  bool distrusted_ GUARDED_BY(mutex_) = false;
  FailureOrder<std::monostate> begin_order_ GUARDED_BY(mutex_);
  FailureOrder<std::monostate> read_order_ GUARDED_BY(mutex_);
  FailureOrder<StoreFailure> store_order_ GUARDED_BY(mutex_);
  FailureOrder<CommitFailure> commit_order_ GUARDED_BY(mutex_);
};

/// Opens the ledger on a disk, or on a new one. Throws OpenFailed if another ledger is open on it.
/// A second unit of work while one exists is the caller's mistake: begin() throws std::logic_error.
std::unique_ptr<Ledger> make_memory_ledger(std::shared_ptr<MemoryDisk> disk = nullptr);

}  // namespace ledger
