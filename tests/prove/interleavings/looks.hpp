#pragma once

/// Comparisons of what the bank says with the ledger.

#include <optional>
#include <string>

#include "server/bank/bank.hpp"

namespace interleavings {

/// Returns the rule that a reply of STATUS breaks, or null. The row was read after the reply.
/// `has_committed`: the request that claims the key had committed by then. `closed`: a COMMIT has
/// failed.
const char* lie_of_status(const std::string& reply, const std::optional<ledger::KeyRecord>& row,
                          bool has_committed, bool closed);

/// Returns the number of transfers of the account.
std::size_t moves_of(ledger::Ledger& ledger, ledger::AccountId account);

/// Returns whether the bank serves every account as the ledger has it. Nothing is in flight.
bool serves_rows_of(bank::Bank& bank, ledger::Ledger& ledger);

}  // namespace interleavings
