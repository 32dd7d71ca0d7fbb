#pragma once

/// The promise of this server as checks, shared by all tests that search for a counterexample. They
/// must hold after every run: whatever was requested, cancelled, interleaved, refused by the disk
/// or cut short.
///
/// Each function returns the sentences that are violated: the rule, a colon, the particulars. It
/// reads the ledger; no other thread may use the ledger meanwhile.

#include <string>
#include <vector>

#include "tests/prove/invariants/evidence.hpp"

namespace invariants {

using Sentences = std::vector<std::string>;

/// Checks that recomputed balances agree with the transfers, that no account is below zero, and
/// that the audit of the store finds nothing.
Sentences books(ledger::Ledger& ledger);
/// Checks that every transfer of the run is the effect of exactly one request, acknowledged or of
/// unknown outcome, and that every acknowledged request has its effect.
Sentences effects(const Evidence& evidence, ledger::Ledger& ledger);
/// Checks every reply against the ledger: an acknowledged request is stored, a repeat has the first
/// reply, a key cancelled by the customer or operator has its tombstone, a reported balance
/// existed.
Sentences replies(const Evidence& evidence, ledger::Ledger& ledger);
/// Checks every verdict against the reply of its request and the ledger.
Sentences verdicts(const Evidence& evidence, ledger::Ledger& ledger);
/// Checks that nothing is left behind.
Sentences left(const Left& left);

/// All of the above except left().
Sentences all(const Evidence& evidence, ledger::Ledger& ledger);

}  // namespace invariants
