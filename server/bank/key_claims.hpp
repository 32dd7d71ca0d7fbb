#pragma once

/// Which transaction in flight has which idempotency key. A key is claimed at admission and
/// released just before the reply is sent; where a tombstone is due, only after it is durable.
///
/// The claim keeps a second request under the same key out while the first runs, and lets CANCEL
/// find the first. It decides nothing: the key's row in the ledger does.
///
/// Any thread; nothing blocks for long; no cancellation points.

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class Transaction;

class KeyClaims {
 public:
  /// False if another transaction has the key.
  bool claim(ledger::AccountId account, std::string_view key,
             const std::shared_ptr<Transaction>& transaction);
  void release(ledger::AccountId account, std::string_view key);
  /// The transaction that has the key; null if none does.
  std::shared_ptr<Transaction> find(ledger::AccountId account, std::string_view key) const;

 private:
  using Key = std::pair<ledger::AccountId, std::string>;
  mutable seam::Mutex mutex_;
  std::map<Key, std::weak_ptr<Transaction>> claims_ GUARDED_BY(mutex_);
};

}  // namespace bank
