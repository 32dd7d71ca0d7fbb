#include "server/bank/unknown_accounts.hpp"

#include <sodium.h>

namespace bank {

UnknownAccounts::UnknownAccounts() {
  static_assert(crypto_shorthash_KEYBYTES == 16);
  crypto_shorthash_keygen(key_.data());
}

bool UnknownAccounts::count_attempt(ledger::AccountId account, std::int64_t limit) {
  std::array<unsigned char, crypto_shorthash_BYTES> hash;
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(&account), sizeof account,
                   key_.data());
  const std::size_t index = hash[0] | static_cast<std::size_t>(hash[1]) << 8;
  const seam::Lock lock(mutex_);
  std::uint8_t& attempts = attempts_[index];
  if (attempts >= limit) return false;
  ++attempts;
  return true;
}

}  // namespace bank
