#pragma once

/// Counts the wrong PINs of accounts that do not exist, so that they lock as real ones do and a
/// client cannot find out which accounts exist.
///
/// Bounded memory: a fixed number of counters, chosen by a keyed hash of the account number.
/// Unknown accounts with the same counter lock together. A restart resets the counters.

#include <array>
#include <cstdint>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class UnknownAccounts {
 public:
  UnknownAccounts();
  /// Counts an attempt. Returns false if there have been `limit` already. Any thread.
  bool count_attempt(ledger::AccountId account, std::int64_t limit);
  /// Forgets the attempts at the account. Any thread.
  void clear_attempts(ledger::AccountId account);

 private:
  std::size_t index_of(ledger::AccountId account) const;

  std::array<unsigned char, 16> key_;  // of SipHash
  seam::Mutex mutex_;
  std::array<std::uint8_t, 65'536> attempts_ GUARDED_BY(mutex_){};
};

}  // namespace bank
