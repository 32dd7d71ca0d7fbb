#pragma once

/// The keys in use: those of the transactions in flight, and the rows of keys that are ordered.
///
/// A key is claimed at admission and released just before the reply is sent; where a tombstone is
/// due, only after it is durable. The claim keeps a second request with the same key out while the
/// first runs, and lets CANCEL find the first. It does not decide between them: the key's row does.
/// The row is in this table from its order on, and in the file once it is durable. It stays here as
/// long as a claim or a Use of the key does. So a thread that has one of these, and finds no row in
/// the file, cannot miss a row that another thread writes meanwhile.
///
/// Any thread. Does not block for long; has no cancellation points.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "db/ledger.hpp"
#include "server/bank/batch.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class Transaction;

/// The key has a row that is ordered, perhaps not durable yet. That row decides; nothing is
/// ordered.
struct KeyOrdered {
  ledger::KeyRecord record;
  BatchRef batch;
};

class KeyTable {
 public:
  /// Returns false if another transaction has claimed the key.
  bool claim(ledger::AccountId account, std::string_view key,
             const std::shared_ptr<Transaction>& transaction);
  void release(ledger::AccountId account, std::string_view key);
  /// Returns the transaction that has claimed the key; null if there is none.
  std::shared_ptr<Transaction> find(ledger::AccountId account, std::string_view key) const;

  /// Keeps the rows of a key in the table, without a claim.
  class Use {
   public:
    Use(KeyTable& table, ledger::AccountId account, std::string_view key);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    KeyTable& table_;
    const ledger::AccountId account_;
    const std::string key_;
  };
  /// Gives the key its row, as part of `batch`: see CommitOrder::Apply. Throws KeyOrdered if it has
  /// one already. The caller has claimed or uses the key, and has found no row in the file since.
  void order(const ledger::KeyRecord& record, const BatchRef& batch);

  /// The number of keys in use.
  std::size_t size() const;

 private:
  using Key = std::pair<ledger::AccountId, std::string>;
  struct Entry {
    bool claimed = false;
    std::weak_ptr<Transaction> transaction;
    int users = 0;
    std::optional<KeyOrdered> row;
  };
  using Entries = std::map<Key, Entry>;
  void drop_if_unused(Entries::iterator entry) REQUIRES(mutex_);

  mutable seam::Mutex mutex_;
  Entries entries_ GUARDED_BY(mutex_);
};

}  // namespace bank
