#include "server/bank/key_table.hpp"

#include <functional>
#include <utility>

namespace bank {
namespace {

/// The part of the table that a call touches, for the explorer of interleavings.
seam::Part part(ledger::AccountId account, std::string_view key) {
  return (std::hash<std::string_view>{}(key) ^ static_cast<seam::Part>(account)) | 1;
}

}  // namespace

bool KeyTable::claim(ledger::AccountId account, std::string_view key,
                     const std::shared_ptr<Transaction>& transaction) {
  const seam::Lock lock(mutex_, part(account, key));
  Entry& entry = entries_[Key(account, key)];
  if (std::exchange(entry.claimed, true)) return false;
  entry.transaction = transaction;
  return true;
}

void KeyTable::release(ledger::AccountId account, std::string_view key) {
  const seam::Lock lock(mutex_, part(account, key));
  const auto at = entries_.find(Key(account, key));
  if (at == entries_.end()) return;
  at->second.claimed = false;
  at->second.transaction.reset();
  drop_if_unused(at);
}

std::shared_ptr<Transaction> KeyTable::find(ledger::AccountId account, std::string_view key) const {
  const seam::Lock lock(mutex_, part(account, key));
  const auto at = entries_.find(Key(account, key));
  return at == entries_.end() ? nullptr : at->second.transaction.lock();
}

KeyTable::Use::Use(KeyTable& table, ledger::AccountId account, std::string_view key)
    : table_(table), account_(account), key_(key) {
  const seam::Lock lock(table_.mutex_, part(account_, key_));
  ++table_.entries_[Key(account_, key_)].users;
}

KeyTable::Use::~Use() {
  const seam::Lock lock(table_.mutex_, part(account_, key_));
  const auto at = table_.entries_.find(Key(account_, key_));
  --at->second.users;
  table_.drop_if_unused(at);
}

/// A row that is dropped is decided: the transaction that ordered it keeps its claim until then,
/// and any other thread its Use.
void KeyTable::drop_if_unused(Entries::iterator entry) {
  if (!entry->second.claimed && entry->second.users == 0) entries_.erase(entry);
}

void KeyTable::order(const ledger::KeyRecord& record, const BatchRef& batch) {
  const auto exchange = [&](const BatchRef& revoked) -> std::optional<KeyOrdered> {
    const ledger::Claim& claim = record.claim;
    const seam::Lock lock(mutex_, part(claim.account, claim.key));
    auto& row = entries_.at(Key(claim.account, claim.key)).row;
    if (row && row->batch != revoked) return row;
    row = KeyOrdered{record, batch};
    return std::nullopt;
  };
  const auto present = exchange(nullptr);
  if (!present) return;
  // No batch is revoked meanwhile: the caller holds the order's mutex.
  if (present->batch->state() != Batch::State::revoked) throw KeyOrdered(*present);
  exchange(present->batch);
}

std::size_t KeyTable::size() const {
  const seam::Lock lock(mutex_);
  return entries_.size();
}

}  // namespace bank
