#pragma once

/// TXN and HOLD: the transactions in flight, the operator's cancel, and the points at which
/// transactions stop in a server started with --teaching. Nothing here blocks or touches the
/// ledger. Any thread.
///
/// A handle is what the client wrote; a text that is no handle counts as one that is not in flight.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/bank/keys.hpp"
#include "server/bank/transaction.hpp"

namespace commands {

/// Every transaction in flight, oldest first.
bank::Reply list(bank::Bank& bank);
/// One of them, with its locks, its cleanup stack and the points it has passed.
bank::Reply show(bank::Bank& bank, const std::string& handle);

/// Releases a held transaction: to its next point, or for good. -ERR if it is not held.
bank::Reply step(bank::Bank& bank, const std::string& handle);
bank::Reply resume(bank::Bank& bank, const std::string& handle);

using bank::OnVerdict;

/// Cancels the transaction of that handle for the operator, with a reason. Calls `on_verdict` once:
/// before it returns or later, perhaps from another thread.
void cancel_transaction(bank::Bank& bank, const std::string& handle, const std::string& reason,
                        const OnVerdict& on_verdict);

/// Cancels all, or all that touch the account. Calls `on_verdict` for each of them, and `on_all`
/// with the number of those it stopped, after the last verdict; perhaps from other threads.
void cancel_all(bank::Bank& bank, std::optional<ledger::AccountId> account,
                const cancel::CancelOrder& order, const OnVerdict& on_verdict,
                std::function<void(std::int64_t)> on_all);

/// Calls `act` for each transaction in flight, or for each that touches the account: the youngest
/// first, so that a waiter for a mutex is cancelled before the mutex's owner releases it.
void for_each_youngest_first(
    bank::Bank& bank, std::optional<ledger::AccountId> account,
    const std::function<void(const std::shared_ptr<bank::Transaction>&)>& act);

/// HOLD LIST: every hold, in the order they were added.
bank::Reply list_holds(bank::Bank& bank);
/// Removes the holds and releases all held transactions.
void clear_holds(bank::Bank& bank);

}  // namespace commands
