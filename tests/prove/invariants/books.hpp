#pragma once

/// Reading the whole of a small ledger.

#include <map>
#include <optional>
#include <vector>

#include "db/ledger.hpp"
#include "tests/prove/invariants/evidence.hpp"

namespace invariants {

/// All with a higher number, in order.
std::vector<ledger::Transfer> transfers_after(ledger::Ledger& ledger, ledger::TransferId last);
/// Of every account.
std::map<ledger::AccountId, ledger::Cents> balances(ledger::Ledger& ledger);
/// The row of the request's key, if it was there before anything was asked.
std::optional<ledger::KeyRecord> row_from_before(const Evidence& evidence, const Asked& asked,
                                                 ledger::Ledger& ledger);

}  // namespace invariants
