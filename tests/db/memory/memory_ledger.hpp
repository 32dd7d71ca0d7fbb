#pragma once

/// The ledger in memory: the same behaviour without files, for tests and for running the server's
/// code under a scheduler. One seam::Mutex guards everything that threads share, and the same calls
/// in the same order give the same result.
///
/// A MemoryDisk is the part that survives the process: opening a new ledger on it is a restart. A
/// test can make its calls fail.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"
#include "tests/db/memory/books.hpp"

namespace ledger {

enum class CommitFailure : std::uint8_t {
  refused,         // StoreFailed
  unknown_done,    // OutcomeUnknown; the next ledger opened on the disk shows the commit
  unknown_undone,  // OutcomeUnknown; the commit never took place
};

/// One failure to come, after a number of calls that succeed.
template <typename How>
class PlannedFailure {
 public:
  void plan(How how, int successes) {
    how_ = how;
    successes_ = successes;
  }
  /// Called once for each call; returns how that call must fail, if it must.
  std::optional<How> due() {
    if (!how_ || successes_-- > 0) return std::nullopt;
    return std::exchange(how_, std::nullopt);
  }

 private:
  std::optional<How> how_;
  int successes_ = 0;
};

/// Any thread may call.
class MemoryDisk {
 public:
  // Each makes one call of its sort fail, after `successes` more that succeed. It replaces a plan
  // that has not come to pass.
  void fail_begin(int successes = 0);  // Ledger::begin()
  void fail_read(int successes = 0);   // a read of Ledger, not of a unit
  void fail_store(int successes = 0);  // a call of a unit that changes something
  void fail_commit(CommitFailure how, int successes = 0);

  /// Returns a disk with the copy that a backup has made under that path; null if there is none.
  std::shared_ptr<MemoryDisk> copy_at(const std::string& path);

 private:
  friend class MemoryLedger;
  friend class MemoryUnit;
  friend class MemoryBackup;

  seam::Mutex mutex_;
  Books books_ GUARDED_BY(mutex_);
  // Changes of a commit with unknown outcome; visible once the disk is opened again.
  Books after_restart_ GUARDED_BY(mutex_);
  std::map<std::string, Books> copies_ GUARDED_BY(mutex_);
  bool in_use_ GUARDED_BY(mutex_) = false;
  bool unit_open_ GUARDED_BY(mutex_) = false;
  bool outcome_unknown_ GUARDED_BY(mutex_) = false;
  PlannedFailure<std::monostate> begin_failure_ GUARDED_BY(mutex_);
  PlannedFailure<std::monostate> read_failure_ GUARDED_BY(mutex_);
  PlannedFailure<std::monostate> store_failure_ GUARDED_BY(mutex_);
  PlannedFailure<CommitFailure> commit_failure_ GUARDED_BY(mutex_);
};

/// Opens the ledger on the disk, or on a new disk if it is null. Throws OpenFailed if another
/// ledger is open on it. The ledger's begin() throws std::logic_error if a unit of work exists.
std::unique_ptr<Ledger> make_memory_ledger(std::shared_ptr<MemoryDisk> disk = nullptr);

}  // namespace ledger
