#include "server/bank/account_lock.hpp"

#include <algorithm>

#include "server/seam/require.hpp"

namespace bank {

AccountLock::LockWait::LockWait(Transaction& txn, ledger::AccountId id) {
  point(Point::lock_wait);
  seam::require(txn.exchange_last_locked(id) < id,
                "a transaction locks its accounts in ascending order");
}

AccountLock::AccountLock(Transaction& txn, ledger::AccountId id)
    : lock_wait_(txn, id),
      use_(txn.bank().accounts, id),
      owner_(txn, use_.mutex()),
      counted_(std::in_place, txn.bank().accounts.held_) {
  point(Point::locked);
}

void AccountLock::unlock() {
  owner_.unlock();
  counted_.reset();
}

AccountLocks::AccountLocks(Transaction& txn, ledger::AccountId one, ledger::AccountId other) {
  const auto [low, high] = std::minmax(one, other);
  if (low != ledger::vault) low_.emplace(txn, low);
  if (high != ledger::vault) high_.emplace(txn, high);
}

void AccountLocks::unlock() {
  if (high_) high_->unlock();
  if (low_) low_->unlock();
}

}  // namespace bank
