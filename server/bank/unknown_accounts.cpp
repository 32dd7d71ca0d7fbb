#include "server/bank/unknown_accounts.hpp"

#include <sodium.h>

namespace bank {

UnknownAccounts::UnknownAccounts() {
  static_assert(crypto_shorthash_KEYBYTES == 16);
  crypto_shorthash_keygen(key_.data());
}

std::size_t UnknownAccounts::index_of(ledger::AccountId account) const {
  std::array<unsigned char, crypto_shorthash_BYTES> hash;
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(&account), sizeof account,
                   key_.data());
  return hash[0] | static_cast<std::size_t>(hash[1]) << 8;
}

bool UnknownAccounts::count_attempt(ledger::AccountId account, std::int64_t limit) {
  const seam::Lock lock(mutex_);
  std::uint8_t& attempts = attempts_[index_of(account)];
  if (attempts >= limit) return false;
  ++attempts;
  return true;
}

void UnknownAccounts::clear_attempts(ledger::AccountId account) {
  const seam::Lock lock(mutex_);
  attempts_[index_of(account)] = 0;
}

}  // namespace bank
