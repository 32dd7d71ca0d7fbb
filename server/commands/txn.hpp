#pragma once

/// TXN: what is in flight, and the operator's cancel. Answered by the boss: nothing here blocks or
/// touches the ledger.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/bank/transaction.hpp"

namespace commands {

/// Every transaction in flight, oldest first.
bank::Reply list(bank::Bank& bank);
/// One of them, with its locks, its cleanup stack and the points it has passed.
bank::Reply show(bank::Bank& bank, cancel::Handle handle);

/// Cancels by handle. `tell` is called once, perhaps later and from another thread, with the
/// verdict and the transaction (null if the handle is invalid).
using Told = std::function<void(cancel::Verdict, std::shared_ptr<bank::Transaction>)>;
void cancel_transaction(bank::Bank& bank, cancel::Handle handle, const std::string& text,
                        const Told& tell);

/// Cancels all, or all that touch the account; `tell` gets the number of those it stopped, once the
/// last verdict is in.
void cancel_all(bank::Bank& bank, std::optional<ledger::AccountId> account,
                const cancel::CancelOrder& order, std::function<void(std::int64_t)> tell);

/// Lets a held one go: to its next point, or for good. An error if it is not held.
bank::Reply step(bank::Bank& bank, cancel::Handle handle);
bank::Reply resume(bank::Bank& bank, cancel::Handle handle);

/// What a canceller is told: a status, or -INVALIDHANDLE, or -UNKNOWN.
bank::Reply verdict_reply(cancel::Verdict verdict);

}  // namespace commands
