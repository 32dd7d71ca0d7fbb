#pragma once

/// Group commit: changes that arrive while the disk syncs share the next sync.
///
/// The first member of the queue leads. It stores the changes of all members behind it in one unit
/// of work, its own first, commits, and wakes them; then the next member in line leads. (LevelDB's
/// DBImpl::Write has this form.) Every member returns only when its batch is durable: the COMMIT
/// and the sync are in db/sqlite/writer.cpp.
///
/// Errors: a member whose change fails is refused alone; the others go on. If the store has undone
/// the whole unit (a full disk does that), each member is run again in a unit of its own. If COMMIT
/// itself fails, the outcome of the batch is unknown: every member throws OutcomeUnknown, and the
/// queue accepts nothing more.

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <span>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class CommitQueue {
 public:
  /// Stores one member's change. Runs on the leader's thread, perhaps a second time in a new unit,
  /// so it assigns its results afresh.
  using Store = std::function<void(ledger::UnitOfWork&)>;

  /// `on_unknown` is called once, on a leader's thread, when a COMMIT has failed. It must not
  /// block.
  CommitQueue(ledger::Ledger& ledger, std::function<void()> on_unknown)
      : ledger_(ledger), on_unknown_(std::move(on_unknown)) {}

  /// Stores and commits; durable on return. Throws what `store` threw or ledger::StoreFailed
  /// (nothing was stored), or ledger::OutcomeUnknown. Blocks for the disk and is not a cancellation
  /// point. Any thread.
  void commit(const Store& store);

  /// The number of members, those in the batch under way included. Any thread.
  std::size_t waiting() const;
  /// True once a COMMIT has failed: the next start may find rows that readers cannot see now.
  bool closed() const { return closed_.load(); }

  std::int64_t commits() const { return commits_.load(); }
  std::int64_t batches() const { return batches_.load(); }

 private:
  static constexpr std::size_t largest_batch = 256;
  struct Member {
    const Store& store;
    std::exception_ptr error;
    bool done = false;
    seam::Condition turn;  // notified when the member is done, or leads
  };
  using Batch = std::span<Member* const>;

  void lead(Member& self);
  void commit_batch(Batch batch);
  bool commit_as_one(Batch batch);
  bool store_all(ledger::UnitOfWork& unit, Batch batch);

  ledger::Ledger& ledger_;
  const std::function<void()> on_unknown_;
  seam::Atomic<std::int64_t> commits_{0};
  seam::Atomic<std::int64_t> batches_{0};
  seam::Atomic<bool> closed_{false};
  mutable seam::Mutex mutex_;
  std::deque<Member*> queue_ GUARDED_BY(mutex_);  // the first member leads
};

}  // namespace bank
