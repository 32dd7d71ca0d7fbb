#include "server/bank/key_claims.hpp"

#include <functional>

namespace bank {
namespace {

/// The part of the table that a call touches, for the explorer of interleavings.
seam::Part part(ledger::AccountId account, std::string_view key) {
  return (std::hash<std::string_view>{}(key) ^ static_cast<seam::Part>(account)) | 1;
}

}  // namespace

bool KeyClaims::claim(ledger::AccountId account, std::string_view key,
                      const std::shared_ptr<Transaction>& transaction) {
  const seam::Lock lock(mutex_, part(account, key));
  return claims_.try_emplace(Key(account, key), transaction).second;
}

void KeyClaims::release(ledger::AccountId account, std::string_view key) {
  const seam::Lock lock(mutex_, part(account, key));
  claims_.erase(Key(account, key));
}

std::shared_ptr<Transaction> KeyClaims::find(ledger::AccountId account,
                                             std::string_view key) const {
  const seam::Lock lock(mutex_, part(account, key));
  const auto at = claims_.find(Key(account, key));
  return at == claims_.end() ? nullptr : at->second.lock();
}

std::size_t KeyClaims::size() const {
  const seam::Lock lock(mutex_);
  return claims_.size();
}

}  // namespace bank
