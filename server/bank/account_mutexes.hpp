#pragma once

/// One mutex for each account in use, so that two accounts never contend. An entry is made for the
/// first transaction that refers to it and removed with the last.

#include <map>

#include "db/ledger.hpp"
#include "server/cancel/mutex.hpp"
#include "server/seam/seam.hpp"

namespace bank {

/// Any thread. Does not block for long; has no cancellation points.
class AccountMutexes {
 public:
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
    int users = 0;  // guarded by the table's mutex_
  };
  /// A reference to an account's entry, which lives as long as any reference to it.
  class Use {
   public:
    Use(AccountMutexes& table, ledger::AccountId id);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    cancel::CancellableMutex& mutex() const { return entry_.mutex; }

   private:
    AccountMutexes& table_;
    Entry& entry_;
  };

  mutable seam::Mutex mutex_;
  std::map<ledger::AccountId, Entry> entries_ GUARDED_BY(mutex_);
  seam::Atomic<std::int64_t> held_{0};
};

}  // namespace bank
