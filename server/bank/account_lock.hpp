#pragma once

/// A transaction's hold on an account's mutex: the textbook's steps 6 and 11.

#include <optional>

#include "server/bank/account_mutexes.hpp"
#include "server/bank/points.hpp"
#include "server/bank/transaction.hpp"

namespace bank {

/// Owns an account's mutex. For the current transaction's own thread.
class AccountLock {
 public:
  /// Passes lock-wait, waits for the mutex (a cancellation point), passes locked.
  AccountLock(Transaction& txn, ledger::AccountId id);
  ~AccountLock();
  AccountLock(const AccountLock&) = delete;
  AccountLock& operator=(const AccountLock&) = delete;

  /// Before the end of the scope; once.
  void unlock();

 private:
  struct AtLockWait {
    AtLockWait() { point(Point::lock_wait); }
  };
  /// Counts while it exists; INFO shows the count.
  class Counted {
   public:
    explicit Counted(seam::Atomic<std::int64_t>& held) : held_(&held) { held.add(1); }
    ~Counted() { end(); }
    void end() {
      if (held_ != nullptr) held_->add(-1);
      held_ = nullptr;
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

   private:
    seam::Atomic<std::int64_t>* held_;
  };
  // In the order of construction: stand at the point, refer to the mutex, own it, be counted.
  AtLockWait at_lock_wait_;
  AccountMutexes::Use use_;
  std::optional<cancel::MutexOwner> owner_;
  Counted counted_;
};

/// The locks of an operation on two accounts, taken in the order of the account numbers whatever
/// the order of its arguments; so no two operations can wait for each other. The vault has no
/// mutex; it is passed over.
class AccountLocks {
 public:
  AccountLocks(Transaction& txn, ledger::AccountId one, ledger::AccountId other);
  void unlock();

 private:
  std::optional<AccountLock> low_;
  std::optional<AccountLock> high_;
};

}  // namespace bank
