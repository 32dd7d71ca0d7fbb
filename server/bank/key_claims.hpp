#pragma once

/// The keys of the transactions in flight. A key is claimed at admission and released just before
/// the reply is sent; where a tombstone is due, only after it is durable.
///
/// The claim keeps a second request with the same key out while the first runs, and lets CANCEL
/// find the first. It does not decide between them: the key's row in the ledger does.
///
/// Any thread. Does not block for long; has no cancellation points.

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
  /// Returns false if another transaction has claimed the key.
  bool claim(ledger::AccountId account, std::string_view key,
             const std::shared_ptr<Transaction>& transaction);
  void release(ledger::AccountId account, std::string_view key);
  /// Returns the transaction that has claimed the key; null if there is none.
  std::shared_ptr<Transaction> find(ledger::AccountId account, std::string_view key) const;
  /// The number of keys claimed.
  std::size_t size() const;

 private:
  using Key = std::pair<ledger::AccountId, std::string>;
  mutable seam::Mutex mutex_;
  std::map<Key, std::weak_ptr<Transaction>> claims_ GUARDED_BY(mutex_);
};

}  // namespace bank
