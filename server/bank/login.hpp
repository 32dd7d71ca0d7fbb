#pragma once

/// Logging in by PIN.

#include <string_view>

#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/session.hpp"

namespace bank {

/// Wrong PINs in a row before an account is locked for PIN entry.
inline constexpr std::int64_t most_attempts = 5;

struct Login {
  Reply reply;      // +OK, WRONGPASS, LOCKED, STORE or UNKNOWN
  Session session;  // a customer's, if the reply is +OK
};

/// Checks a customer's PIN. The attempt is counted durably before the hash is looked at, and
/// success resets the count: neither a crash nor parallel guesses give more than five. Unknown
/// accounts are answered as wrong PINs are, after the same work.
///
/// Blocks for the disk and for the hash; no cancellation point. The caller lets only one login for
/// an account run at a time (or right PINs in parallel would lock it), and a few altogether.
Login log_in(Bank& bank, ledger::AccountId account, std::string_view pin);

}  // namespace bank
