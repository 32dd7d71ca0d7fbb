#include "server/bank/account_mutexes.hpp"

namespace bank {

AccountMutexes::Use::Use(AccountMutexes& table, ledger::AccountId id)
    : table_(table), entry_([&]() -> Entry& {
        const seam::Lock lock(table.mutex_, static_cast<seam::Part>(id));
        Entry& entry = table.entries_.try_emplace(id, id).first->second;
        ++entry.users;
        return entry;
      }()) {}

AccountMutexes::Use::~Use() {
  const ledger::AccountId id = entry_.mutex.subject();
  const seam::Lock lock(table_.mutex_, static_cast<seam::Part>(id));
  if (--entry_.users == 0) table_.entries_.erase(id);
}

}  // namespace bank
