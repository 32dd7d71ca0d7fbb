#pragma once

/// Reads the whole of a small ledger.

#include <map>
#include <optional>
#include <vector>

#include "db/ledger.hpp"
#include "tests/prove/invariants/evidence.hpp"

namespace invariants {

/// Returns all transfers with a higher number, in order.
std::vector<ledger::Transfer> transfers_after(ledger::Ledger& ledger, ledger::TransferId last);
/// Returns the balance of every account.
std::map<ledger::AccountId, ledger::Cents> balances(ledger::Ledger& ledger);
/// Returns the row of the request's key if it existed before the run.
std::optional<ledger::KeyRecord> row_from_before(const Evidence& evidence, const Asked& asked,
                                                 ledger::Ledger& ledger);

}  // namespace invariants
