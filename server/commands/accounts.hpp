#pragma once

/// ACCOUNT FREEZE, UNFREEZE, UNLOCK. Each writes to the ledger and blocks until the change is
/// durable, on any thread that may block. Its reply is +OK, NOACCOUNT, STORE or UNKNOWN.

#include <functional>

#include "server/bank/transaction.hpp"

namespace commands {

using Answer = std::function<void(bank::Reply)>;

/// Makes the frozen mark durable, then cancels every transaction on the account. Calls `answer`
/// once: with the refusal before it returns, or with +OK once none of these transactions is in
/// flight, perhaps on the thread that ends the last one.
void freeze(bank::Bank& bank, ledger::AccountId account, const Answer& answer);
bank::Reply unfreeze(bank::Bank& bank, ledger::AccountId account);
/// Resets the account's count of wrong PINs.
bank::Reply unlock(bank::Bank& bank, ledger::AccountId account);

}  // namespace commands
