#include "server/bank/account_mutexes.hpp"

namespace bank {

AccountMutexes::Use::Use(AccountMutexes& table, ledger::AccountId id)
    : table_(table), entry_([&]() -> Entry& {
        const seam::Lock lock(table.mutex_);
        Entry& entry = table.entries_.try_emplace(id, id).first->second;
        ++entry.users;
        return entry;
      }()) {}

AccountMutexes::Use::~Use() {
  const seam::Lock lock(table_.mutex_);
  if (--entry_.users == 0) table_.entries_.erase(entry_.mutex.subject());
}

}  // namespace bank
