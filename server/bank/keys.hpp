#pragma once

/// The row of a key in the ledger: written once, it decides between a request, its repeats, and a
/// CANCEL of the key. STATUS reads it, and CANCEL writes it.
///
/// All calls that take a Bank block for the disk and are not cancellation points. Any thread that
/// may block.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/bank/transaction.hpp"

namespace bank {

/// Returns the reply that the row gives to a request with the same key: the first reply, DUPKEY,
/// REVERSED, or CANCELLED; UNKNOWN if a COMMIT that failed may have reversed it. Any thread; never
/// blocks.
Reply reply_from_row(const Bank& bank, const ledger::KeyRecord& row, const ledger::Claim& claim);

/// The outcome of an attempt to write a tombstone.
struct Tombstone {
  /// cancelled: this call made it durable. already, too_late: the key has a row, a tombstone or a
  /// committed request. unknown: the ledger failed.
  cancel::Verdict verdict;
  std::optional<ledger::KeyRecord> row;  // the row that was there before, if any
};

/// Writes a durable tombstone for the key, unless it has a row. Throws nothing.
Tombstone store_tombstone(Bank& bank, ledger::AccountId account, const std::string& key);

/// Returns the map of STATUS: outcome (committed, cancelled, running, none), id, kind, amount,
/// balance, time, reversed_by. It reports only what is durable. UNKNOWN after a failed COMMIT, if
/// the key has no row or that COMMIT may have reversed it; STORE if the ledger cannot be read.
Reply status_of_key(Bank& bank, ledger::AccountId account, const std::string& key);

/// Receives the verdict of a cancel, and its transaction (null if none was in flight).
using OnVerdict = std::function<void(cancel::Verdict, std::shared_ptr<Transaction>)>;

/// Makes sure that nothing will be stored under the key from now on. Cancels the transaction in
/// flight under it, if that is still possible; if there is none, or it ends without having stored
/// anything, writes a tombstone.
///
/// Calls `answer` once: on this thread, or later on the thread that ends the transaction. Cancelled
/// and already mean that the tombstone is durable.
void cancel_key(Bank& bank, ledger::AccountId account, const std::string& key,
                const cancel::CancelOrder& order, const OnVerdict& answer);

}  // namespace bank
