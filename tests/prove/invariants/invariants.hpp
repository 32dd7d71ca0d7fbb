#pragma once

/// What must hold after every run, whatever was asked, cancelled, interleaved, refused by the disk
/// or cut short: the promise of this server, in one place, for every test that searches for a
/// counterexample.
///
/// Each function returns the sentences that do not hold, none if all is well. They read the ledger;
/// nothing else may use it meanwhile. A sentence is what a violation is known by, so it says the
/// rule; the particulars follow after a colon.

#include <string>
#include <vector>

#include "tests/prove/invariants/evidence.hpp"

namespace invariants {

using Sentences = std::vector<std::string>;

/// Balances and transfers agree when recomputed from nothing; no account is below zero; the store's
/// own audit finds nothing.
Sentences books(ledger::Ledger& ledger);
/// Every transfer since `before` is the effect of one request that was acknowledged, or of which
/// nobody knows; every acknowledged one has its effect; so the money that went in and out is there.
Sentences effects(const Evidence& evidence, ledger::Ledger& ledger);
/// Every reply is what the ledger says: acknowledged is stored, a repeat is answered as the first,
/// a key cancelled by people has its tombstone, a balance read was once true.
Sentences replies(const Evidence& evidence, ledger::Ledger& ledger);
/// Every verdict is what became of it.
Sentences verdicts(const Evidence& evidence, ledger::Ledger& ledger);
/// Nothing is left behind.
Sentences left(const Left& left);

/// All of them but left().
Sentences all(const Evidence& evidence, ledger::Ledger& ledger);

}  // namespace invariants
