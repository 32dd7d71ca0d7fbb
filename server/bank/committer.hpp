#pragma once

/// Commits what is ordered: writes a batch in one unit of work, syncs once, and completes
/// everything that rests on it. (Early lock release with flush pipelining: Johnson et al., Aether,
/// VLDB 2010. Group commit: DeWitt et al., SIGMOD 1984.)
///
/// Any thread that has ordered something may lead. With one client that is the worker which
/// ordered, so a commit costs no switch of threads; with many, further changes are ordered while
/// the leader syncs, and share the next sync.
///
/// Errors: if the store refuses a batch before COMMIT (a full disk, an I/O error), the batch is
/// revoked with everything ordered after it. If COMMIT itself fails, the outcome of the batch is
/// unknown and the order accepts nothing more. Every refusal is decided before the order, so a
/// change that the store contradicts is a fault of this program: it revokes its batch, and
/// `on_fault` reports it.

#include <cstdint>
#include <functional>
#include <string>

#include "db/ledger.hpp"
#include "server/bank/commit_order.hpp"

namespace bank {

class Committer {
 public:
  /// Batches that one call of lead() commits.
  static constexpr int most_in_a_row = 8;
  /// Replies that the leader sends before it goes on with the next batch. More are sent by another
  /// thread meanwhile: to send 8 takes longer than to wake it.
  static constexpr std::size_t most_before_next = 8;

  struct Calls {
    /// A COMMIT has failed. Once, on a leader's thread; must not block.
    std::function<void()> on_unknown;
    /// The store contradicts a change. On a leader's thread, which it may delay for a line of log.
    std::function<void(const std::string&)> on_fault;
    /// Runs a job soon, on another thread; the job may block. Any thread; must not block.
    std::function<void(std::function<void()>)> elsewhere;
  };
  /// The ledger outlives the committer, which alone begins its units of work.
  Committer(ledger::Ledger& ledger, Calls calls) : ledger_(ledger), calls_(std::move(calls)) {}

  // ── Any thread; none is a cancellation point ────────────────────────────────────────────────

  /// As CommitOrder::order(); blocks for the disk while the order is full. Afterwards the caller
  /// calls lead(), lead_elsewhere() or await(), whichever it may.
  CommitOrder::Place order(const RestsOn& rests_on, const Batch::Change& change,
                           const CommitOrder::Apply& apply);
  /// As CommitOrder::when_decided(). Does not block.
  CommitOrder::Registered when_decided(const RestsOn& rests_on, std::function<void()> then,
                                       bool leads = false) {
    return order_.when_decided(rests_on, std::move(then), leads);
  }
  /// Orders a change and blocks until it is durable. Throws ledger::StoreFailed (nothing was
  /// stored), ledger::OutcomeUnknown, or what `apply` throws.
  void commit(const Batch::Change& change, const CommitOrder::Apply& apply = {},
              const RestsOn& rests_on = {});
  /// Blocks until the batch is decided, and commits meanwhile if no other thread does. Returns its
  /// state.
  Batch::State await(const BatchRef& batch);

  /// Commits while there is something to commit, unless another thread does. Blocks for the disk,
  /// for a bounded number of batches; if there are more, another thread goes on.
  void lead() noexcept { lead(order_.lead()); }
  /// The same for a thread that leads already: it begins with this batch, unless it is null.
  void lead(BatchRef to_write) noexcept;
  void lead_elsewhere() {
    calls_.elsewhere([this] { lead(); });
  }

  /// The number of changes that are ordered and not decided.
  std::size_t waiting() const { return order_.waiting(); }
  /// The number of revocations so far. A request notes it before it reads an account.
  std::int64_t epoch() const { return order_.epoch(); }
  /// Whether so many changes wait that no further request should be admitted.
  bool is_crowded() const { return waiting() > CommitOrder::most / 2; }
  /// True once a COMMIT has failed: the next start may find rows that readers cannot see now.
  bool closed() const { return closed_.load(); }
  std::int64_t commits() const { return commits_.load(); }
  std::int64_t batches() const { return batches_.load(); }

 private:
  /// Returns whether this thread must see to it that a further batch is committed.
  bool commit_batch(const BatchRef& batch) noexcept;
  Batch::State write(const BatchRef& batch, std::string& why);

  ledger::Ledger& ledger_;
  const Calls calls_;
  CommitOrder order_;
  seam::Atomic<std::int64_t> commits_{0};
  seam::Atomic<std::int64_t> batches_{0};
  seam::Atomic<bool> closed_{false};
};

}  // namespace bank
