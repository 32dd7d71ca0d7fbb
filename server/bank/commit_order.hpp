#pragma once

/// The commit order: which changes are committed, in which order, and which thread commits next.
///
/// A change is ordered into the open batch. One thread at a time leads: it takes the open batch,
/// writes it (committer.hpp) and decides it, while further changes are ordered into the next. There
/// is no thread for that alone: a thread that wants something committed leads if no other thread
/// does.
///
/// Its mutex guards the open batch and the leadership. It is acquired before those of AccountTable,
/// KeyTable and cancel::Suspension. Any thread may call; only await_turn() blocks for long; none is
/// a cancellation point.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "server/bank/batch.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class CommitOrder {
 public:
  /// Changes that may be ordered and not decided; then the order is full.
  static constexpr std::size_t most = 16384;

  /// Makes the decision that belongs to a change: records in the tables what the change makes of
  /// them. Called with the batch that the change will be in. May throw; then nothing is ordered, so
  /// it must throw before it records anything. Runs with the mutex held.
  using Apply = std::function<void(const BatchRef&)>;

  /// Where a change is in the order.
  struct Place {
    BatchRef batch;        // of the change; if the order was full, the one to await before a retry
    bool is_full = false;  // nothing was ordered
    bool unled = false;    // there is no leader: the caller provides one
  };
  /// Orders a change that rests on those batches. Throws ledger::OutcomeUnknown or
  /// ledger::StoreFailed, and orders nothing, if one of them is lost, an account was read in an
  /// older epoch, or the order is closed; also what `apply` throws.
  Place order(const RestsOn& rests_on, const Batch::Change& change, const Apply& apply);

  struct Registered {
    bool is_pending = false;  // else every batch is decided now, and `then` is not called
    BatchRef to_write;        // as lead() returns it
  };
  /// Calls `then` once every batch is decided, on the leader's thread, in the order of the calls.
  /// It must not block for a commit. If `leads`, does what lead() does as well.
  Registered when_decided(const RestsOn& rests_on, std::function<void()> then, bool leads = false);

  /// The number of changes that are ordered and not decided.
  std::size_t waiting() const;
  /// The number of revocations so far.
  std::int64_t epoch() const { return epoch_.load(std::memory_order_acquire); }

  // ── Leading ─────────────────────────────────────────────────────────────────────────────────

  /// Makes the caller the leader, if there are changes to commit and no leader. Returns the
  /// batch to write, or null.
  BatchRef lead();
  /// Blocks until the batch is decided; returns false then. If there is no leader, makes the caller
  /// the leader instead, and returns true: it writes this batch.
  bool await_turn(const BatchRef& batch);
  /// Returns the changes of the batch that the leader has taken. The leader, before it decides it.
  static const std::vector<Batch::Change>& changes(const Batch& taken) { return taken.changes_; }
  /// The rest of the work of a thread that has decided a batch.
  struct Decided {
    std::vector<std::function<void()>> calls;  // of when_decided(): make them, in this order
    bool unled = false;  // there are changes to commit, and no thread that awaits them will lead
  };
  /// The leader decides its batch and leads no more: another thread may lead while this one makes
  /// the calls. If the batch is revoked or unknown, the open one is revoked or abandoned with it.
  /// `why` belongs to a revocation.
  Decided decide(const BatchRef& taken, Batch::State state, const std::string& why);

  /// Refuses every further change. The leader, before it decides a batch as unknown.
  void close();

 private:
  /// A thread in await_turn().
  struct Awaiter {
    const BatchRef& batch;
    seam::Condition wake;
  };

  bool is_undecided(const BatchRef& batch) const REQUIRES(mutex_) {
    return batch == open_ || batch == taken_;
  }
  BatchRef take() REQUIRES(mutex_);
  BatchRef last_undecided(const RestsOn& rests_on) const REQUIRES(mutex_);
  static void settle(Batch& batch, Batch::State state, const std::string& why);
  void open_next() REQUIRES(mutex_) { open_ = std::make_shared<Batch>(open_->number() + 1); }

  mutable seam::Mutex mutex_;
  BatchRef open_ GUARDED_BY(mutex_) = std::make_shared<Batch>(1);
  BatchRef taken_ GUARDED_BY(mutex_);    // the leader writes it
  bool led_ GUARDED_BY(mutex_) = false;  // there is a leader
  bool closed_ GUARDED_BY(mutex_) = false;
  seam::Atomic<std::int64_t> epoch_{0};  // changed with the mutex held
  std::vector<Awaiter*> awaiters_ GUARDED_BY(mutex_);
};

}  // namespace bank
