#pragma once

/// The audit's check of the chains: each account's last transfer, and before each transfer the one
/// that it names as the previous of that account. A sound chain has every transfer of the account
/// exactly once.
///
/// The caller adds all transfers by number; each account once all of its transfers were added.
/// Keeps one number per account. Used by one thread at a time; never blocks.

#include <string>
#include <unordered_map>

#include "db/records.hpp"

namespace ledger {

class Chains {
 public:
  // Each returns a violation as one line; empty if there is none.

  /// Adds the transfer at the end of the account's chain; the vault has no chain.
  std::string add(TransferId id, AccountId account, TransferId previous);
  /// Compares the end of the account's chain with the transfer that its row names; 0 for none.
  std::string compare(AccountId account, TransferId last) const;

 private:
  std::unordered_map<AccountId, TransferId> last_;
};

}  // namespace ledger
