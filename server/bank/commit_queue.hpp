#pragma once

/// Group commit: changes that are to be stored at the same time share one sync of the disk.
///
/// Whoever comes to an empty queue leads: it stores what has queued up behind it, its own change
/// first, in one unit of work, commits, and wakes the others; the next in line leads the next
/// batch. (LevelDB's DBImpl::Write has this form.) Everybody returns only once the batch is
/// durable.
///
/// A member's failure is its own: the store undoes it and goes on with the next. If the store has
/// undone the whole unit with it (a full disk does that), the members are run again one at a time,
/// so that only the guilty one is refused.
///
/// If COMMIT itself fails nobody can say whether the batch was stored. Every member is told so, the
/// ones whose answer would rest on a neighbour's change included, and the queue takes nothing more.

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
  /// What a member does with the unit of work. Run on the leader's thread, perhaps again in a new
  /// unit; so it sets its results afresh each time.
  using Store = std::function<void(ledger::UnitOfWork&)>;

  /// `on_unknown` is called once, by the thread that led, when a COMMIT has failed. It must not
  /// block.
  CommitQueue(ledger::Ledger& ledger, std::function<void()> on_unknown)
      : ledger_(ledger), on_unknown_(std::move(on_unknown)) {}

  /// Stores and commits; durable on return. Throws what `store` threw (nothing of it is stored
  /// then), ledger::StoreFailed (likewise), or ledger::OutcomeUnknown. Blocks for the disk. Any
  /// thread; no cancellation point.
  void commit(const Store& store);

  /// How many wait for their commit at this moment, those in the batch under way included.
  std::size_t waiting() const;
  /// True once a COMMIT has failed: a row that cannot be seen now may still be found by the next
  /// start.
  bool closed() const { return closed_.load(); }

  std::int64_t commits() const { return commits_.load(); }
  std::int64_t batches() const { return batches_.load(); }

 private:
  static constexpr std::size_t largest_batch = 256;
  struct Member {
    const Store& store;
    std::exception_ptr error;
    bool done = false;
    seam::Condition turn;  // the member waits here: to be done, or to lead
  };
  using Batch = std::span<Member* const>;

  void lead(Member& self);
  void carry_out(Batch batch);
  bool try_together(Batch batch);
  bool store_all(ledger::UnitOfWork& unit, Batch batch);
  void commit_unit(ledger::UnitOfWork& unit, Batch batch);

  ledger::Ledger& ledger_;
  const std::function<void()> on_unknown_;
  seam::Atomic<std::int64_t> commits_{0};
  seam::Atomic<std::int64_t> batches_{0};
  seam::Atomic<bool> closed_{false};
  mutable seam::Mutex mutex_;
  std::deque<Member*> queue_ GUARDED_BY(mutex_);  // the first one leads
};

}  // namespace bank
