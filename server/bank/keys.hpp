#pragma once

/// What can be asked and ordered about a key: STATUS and CANCEL.
///
/// Both may block for the disk; neither is a cancellation point; any thread that may block.

#include <functional>
#include <memory>
#include <string>

#include "server/bank/transaction.hpp"

namespace bank {

/// outcome (committed, cancelled, running, none), id, kind, amount, balance, time. Says nothing
/// that is not durable. UNKNOWN if a COMMIT has failed and the next start has to find out; STORE if
/// the ledger cannot be read.
Reply status_of_key(Bank& bank, ledger::AccountId account, const std::string& key);

/// The verdict, and the transaction it was about (null if none was in flight), for who wants to
/// wait until that is gone.
using KeyVerdict = std::function<void(cancel::Verdict, std::shared_ptr<Transaction>)>;

/// Makes the key final. A transaction in flight under it is cancelled if it still can be; if none
/// is, or it ends without having stored anything, a tombstone is written all the same, so that none
/// will ever run. `tell` is called once, perhaps from the thread that ends the transaction:
/// cancelled and already mean that the tombstone is durable.
void cancel_key(Bank& bank, ledger::AccountId account, const std::string& key,
                const cancel::CancelOrder& order, KeyVerdict tell);

}  // namespace bank
