#pragma once

/// A batch: the changes that are committed and synced together. Its state is one atomic word, which
/// decides what becomes of its changes and of every reply that rests on one of them.
///
// clang-format off
///     ordered ──► durable | revoked | unknown | abandoned
///
///     state      meaning
///     ordered    its changes are in the commit order; none is stored yet, or the disk still syncs
///     durable    all its changes are stored, and the disk has synced
///     revoked    none of its changes is stored or ever will be: before COMMIT, the store refused
///                this batch or one that was ordered before it
///     unknown    the COMMIT itself failed; only the next start finds out whether it took place
///     abandoned  none of its changes is stored or ever will be: the COMMIT before it failed. The
///                values that they were computed from are unknown
// clang-format on
///
/// Batches are decided in the order of their numbers. At most two are ordered at a time: the one
/// that the leader writes and the one that is open to more changes. A revocation decides both, so
/// no change outlives one that it was computed from. It also begins a new *epoch*: a request that
/// has read an account in an older one orders nothing any more. Numbers are never used again.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "server/seam/atomic.hpp"

namespace bank {

class Batch {
 public:
  enum class State : std::uint8_t { ordered, durable, revoked, unknown, abandoned };
  /// Stores one change. Runs on the leader's thread. It must not fail unless the machine does.
  using Change = std::function<void(ledger::UnitOfWork&)>;

  explicit Batch(std::int64_t number) : number_(number) {}

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  std::int64_t number() const { return number_; }
  State state() const { return state_.load(std::memory_order_acquire); }
  /// Returns why the batch was revoked or abandoned, in one line. Only once it is.
  const std::string& why() const { return why_; }

 private:
  friend class CommitOrder;

  const std::int64_t number_;
  seam::Atomic<State> state_{State::ordered};
  std::string why_;  // written before the state is no longer `ordered`
  // Guarded by the mutex of CommitOrder. Once a leader has taken the batch, only the leader changes
  // `changes_`.
  std::vector<Change> changes_;
  std::vector<std::function<void()>> when_decided_;
};

using BatchRef = std::shared_ptr<Batch>;

/// The batches that a request has read from or stored in: what its reply rests on. The request's
/// own thread, and after its part the thread that completes it.
///
/// Keeping each of them is exact: with only the newest, a value that was revoked could be hidden by
/// a later one that is durable.
class RestsOn {
 public:
  /// Notes that an account is about to be read, in that epoch. The oldest one counts.
  void read_in(std::int64_t epoch) { epoch_ = std::min(epoch_, epoch); }
  /// Adds a batch, unless it is null or known.
  void add(const BatchRef& batch) {
    if (!batch || std::find(batches_.begin(), batches_.end(), batch) != batches_.end()) return;
    batches_.push_back(batch);
  }
  const std::vector<BatchRef>& batches() const { return batches_; }
  /// Whether it was read before the last revocation.
  bool is_older_than(std::int64_t epoch) const { return epoch_ < epoch; }

  /// Returns a batch that is unknown or abandoned; otherwise one that is revoked; null if there is
  /// none of these.
  BatchRef lost() const {
    BatchRef found;
    for (const BatchRef& batch : batches_) {
      const Batch::State state = batch->state();
      if (state == Batch::State::unknown || state == Batch::State::abandoned) return batch;
      if (state == Batch::State::revoked) found = batch;
    }
    return found;
  }

 private:
  std::vector<BatchRef> batches_;
  std::int64_t epoch_ = std::numeric_limits<std::int64_t>::max();  // nothing was read
};

}  // namespace bank
