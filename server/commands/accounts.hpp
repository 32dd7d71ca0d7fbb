#pragma once

/// ACCOUNT FREEZE, UNFREEZE, UNLOCK. They write to the ledger, so they block; any thread that may.

#include <functional>

#include "server/bank/transaction.hpp"

namespace commands {

using Answer = std::function<void(bank::Reply)>;

/// The frozen mark is durable first; then what runs on the account is cancelled. The answer comes
/// when nothing of it is in flight any more, from the thread that ends the last.
void freeze(bank::Bank& bank, ledger::AccountId account, const Answer& answer);
bank::Reply unfreeze(bank::Bank& bank, ledger::AccountId account);
/// Wrong PINs are forgiven.
bank::Reply unlock(bank::Bank& bank, ledger::AccountId account);

}  // namespace commands
