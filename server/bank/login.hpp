#pragma once

/// Login by account number and PIN.

#include <optional>

#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/secret.hpp"
#include "server/bank/session.hpp"

namespace bank {

/// Wrong PINs in a row before an account is locked for PIN entry.
inline constexpr std::int64_t most_attempts = 5;

struct Login {
  Reply reply;         // +OK, WRONGPASS, LOCKED, STORE or UNKNOWN
  Session session;     // logged in if the reply is +OK
  bool locks = false;  // a wrong PIN that locked its account
};

/// Checks a PIN. The attempt is durably counted before anything depends on whether the PIN is
/// right, and a success resets the count, so that neither a crash nor parallel guesses give more
/// than five attempts. STORE if the ledger or Argon2 fails; an attempt that Argon2 could not check
/// is not counted.
///
/// A wrong PIN, a locked account and an unknown account take the same work: one hash and one
/// commit. Unknown accounts lock like real ones. `account` is empty if the user's name is not a
/// number; then there is nothing to lock.
///
/// Blocks for the disk and for the hash; is not a cancellation point. The caller runs one login for
/// an account at a time (right PINs in parallel would lock it), and a few altogether.
Login log_in(Bank& bank, std::optional<ledger::AccountId> account, const Secret& pin);

}  // namespace bank
