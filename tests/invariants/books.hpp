#pragma once

/// Reading the whole of a small ledger.

#include <map>
#include <vector>

#include "db/ledger.hpp"

namespace invariants {

/// All with a higher number, in order.
std::vector<ledger::Transfer> transfers_after(ledger::Ledger& ledger, ledger::TransferId last);
/// Of every account.
std::map<ledger::AccountId, ledger::Cents> balances(ledger::Ledger& ledger);

}  // namespace invariants
