#pragma once

/// Steps 6 and 11: a transaction locks an account's mutex and unlocks it.

#include <optional>

#include "server/bank/account_table.hpp"
#include "server/bank/points.hpp"
#include "server/bank/transaction.hpp"

namespace bank {

/// Owns an account's mutex until unlock() or the end of its scope. The transaction's own thread.
class AccountLock {
 public:
  /// Passes `lock-wait`, blocks until the mutex is granted (a cancellation point), passes `locked`.
  AccountLock(Transaction& txn, ledger::AccountId id);
  AccountLock(const AccountLock&) = delete;
  AccountLock& operator=(const AccountLock&) = delete;

  /// Once.
  void unlock();

 private:
  /// Passes `lock-wait`. Requires that a transaction locks its accounts in ascending order, so that
  /// no two can deadlock.
  struct LockWait {
    LockWait(Transaction& txn, ledger::AccountId id);
  };
  // Constructed in this order: pass the point, refer to the mutex, own it, count the lock.
  LockWait lock_wait_;
  AccountTable::Use use_;
  cancel::MutexOwner owner_;
  std::optional<Counted> counted_;
};

/// The locks of an operation on two accounts. The lower account number is locked first, whatever
/// the order of the arguments, so that no two operations can wait for each other. The vault has no
/// mutex.
class AccountLocks {
 public:
  AccountLocks(Transaction& txn, ledger::AccountId one, ledger::AccountId other);
  void unlock();

 private:
  std::optional<AccountLock> low_;
  std::optional<AccountLock> high_;
};

}  // namespace bank
