#pragma once

/// ACCOUNT FREEZE, UNFREEZE, UNLOCK. Each writes to the ledger and blocks until the change is
/// durable; any thread that may block.

#include <functional>

#include "server/bank/transaction.hpp"

namespace commands {

using Answer = std::function<void(bank::Reply)>;

/// Makes the frozen mark durable, then cancels every transaction that runs on the account. Calls
/// `answer` once: with the refusal, or with +OK when none of them is in flight any more, from the
/// thread that ends the last one.
void freeze(bank::Bank& bank, ledger::AccountId account, const Answer& answer);
bank::Reply unfreeze(bank::Bank& bank, ledger::AccountId account);
/// Resets the account's count of wrong PINs.
bank::Reply unlock(bank::Bank& bank, ledger::AccountId account);

}  // namespace commands
