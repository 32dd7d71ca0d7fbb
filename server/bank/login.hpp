#pragma once

/// Login by account number and PIN.

#include <string_view>

#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/session.hpp"

namespace bank {

/// Wrong PINs in a row before an account is locked for PIN entry.
inline constexpr std::int64_t most_attempts = 5;

struct Login {
  Reply reply;      // +OK, WRONGPASS, LOCKED, STORE or UNKNOWN
  Session session;  // logged in if the reply is +OK
};

/// Checks a PIN. Counts the attempt durably before it reads the hash, and resets the count on
/// success, so that neither a crash nor parallel guesses give more than five attempts. An unknown
/// account takes the same work and gets the same reply as a wrong PIN.
///
/// Blocks for the disk and for the hash; is not a cancellation point. The caller runs one login for
/// an account at a time (right PINs in parallel would lock it), and a few altogether.
Login log_in(Bank& bank, ledger::AccountId account, std::string_view pin);

}  // namespace bank
