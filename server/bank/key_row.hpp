#pragma once

/// The row of a key in the ledger: written once, it decides between a request, its repeats, and a
/// CANCEL of the key.

#include <optional>
#include <string>

#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"

namespace bank {

/// Returns the reply that the row gives to a request with the same key: the first reply, DUPKEY,
/// REVERSED, or CANCELLED. Any thread.
Reply reply_from_row(const ledger::KeyRecord& row, const ledger::Claim& claim);

/// The outcome of an attempt to write a tombstone.
struct Tombstone {
  /// cancelled: this call made it durable. already, too_late: the key has a row, a tombstone or a
  /// committed request. unknown: the ledger failed.
  cancel::Verdict verdict;
  std::optional<ledger::KeyRecord> row;  // the row that was there before, if any
};

/// Writes a durable tombstone for the key, unless it has a row. Throws nothing. Blocks for the disk
/// and is not a cancellation point. Any thread.
Tombstone store_tombstone(Bank& bank, ledger::AccountId account, const std::string& key);

}  // namespace bank
