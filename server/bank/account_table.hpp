#pragma once

/// The accounts in use: the mutex of each, its row as the last ordered change left it, and the
/// batch of that change. The file has the durable rows only, so readers of the file (HISTORY,
/// AUDIT, BACKUP) see those; a transaction that owns the account's mutex reads here.
///
/// An entry is made for the first transaction that refers to its account. It is never dropped while
/// it is referred to or its row may not be durable; beyond that the table keeps some, as a cache. A
/// row whose batch was revoked counts as absent: the next reader loads the durable one. A row whose
/// batch is unknown or abandoned stays, since the file may not have the durable one.
///
/// Any thread. Does not block for long, except load() for the disk; has no cancellation points.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>

#include "db/ledger.hpp"
#include "server/bank/batch.hpp"
#include "server/cancel/mutex.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class AccountTable {
  struct Entry;

 public:
  /// Entries that the table keeps although nothing refers to them.
  static constexpr std::size_t most_kept = 16384;

  /// The ledger outlives the table.
  explicit AccountTable(ledger::Ledger& ledger)
      : ledger_(ledger), last_number_(ledger.last_account()) {}

  /// A reference to an account's entry, which stays while any reference to it does.
  class Use {
   public:
    Use(AccountTable& table, ledger::AccountId id);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    cancel::CancellableMutex& mutex() const { return entry_.mutex; }

   private:
    AccountTable& table_;
    Entry& entry_;
  };

  /// A row, and the batch of the last change of it; null if that is durable.
  struct Row {
    ledger::Account account;
    BatchRef batch;
  };
  /// Returns the account's row, if need be from the ledger; nothing if there is no such account.
  /// Throws ledger::StoreFailed. The row stays as it is while the caller owns the account's mutex,
  /// except its frozen mark and a revocation.
  std::optional<Row> load(ledger::AccountId id);

  /// Changes the row together with the order of a change, as part of `batch`: see
  /// CommitOrder::Apply. The caller has loaded the row, in the epoch of the order.
  using Change = std::function<void(ledger::Account&)>;
  /// The caller owns the account's mutex, or changes only its frozen mark.
  void change(ledger::AccountId id, const Change& change, const BatchRef& batch);
  /// Returns the number of the next new account. Only in a CommitOrder::Apply.
  ledger::AccountId next_number() const { return last_number_.load() + 1; }
  /// Gives that number out; never again while the server runs. Only in the same call.
  void take_number() { last_number_.fetch_add(1); }

  /// Whether the outcome of the last change of the account is unknown. Then the file may miss it.
  bool is_in_doubt(ledger::AccountId id) const;

  /// The number of accounts locked at this moment.
  std::int64_t held() const { return held_.load(); }
  /// The number of entries.
  std::size_t size() const {
    const seam::Lock lock(mutex_);
    return entries_.size();
  }

 private:
  friend class AccountLock;
  struct Entry {
    explicit Entry(ledger::AccountId id)
        : mutex({"unlock account", "stop waiting for account"}, id) {}
    cancel::CancellableMutex mutex;
    // Guarded by the table's mutex_.
    int users = 0;
    std::int64_t changes = 0;  // made to the row; shows a load() that its read is stale
    std::optional<Row> row;
  };
  /// The row, unless it is absent or was revoked, and the number of its changes.
  struct Look {
    std::optional<Row> row;
    std::int64_t changes = 0;
  };
  Look look(ledger::AccountId id) const;
  bool keep(ledger::AccountId id, const ledger::Account& account, std::int64_t changes);
  void drop_some();

  ledger::Ledger& ledger_;
  mutable seam::Mutex mutex_;
  std::map<ledger::AccountId, Entry> entries_ GUARDED_BY(mutex_);
  ledger::AccountId next_to_drop_ GUARDED_BY(mutex_) = 0;
  seam::Atomic<ledger::AccountId> last_number_;
  seam::Atomic<std::int64_t> held_{0};
};

}  // namespace bank
