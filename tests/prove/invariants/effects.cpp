/// Assigns each transfer to the request that caused it.

#include <algorithm>
#include <set>

#include "tests/prove/invariants/books.hpp"
#include "tests/prove/invariants/findings.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace invariants {
namespace {

using bank::Operation;
using ledger::Transfer;

using KeyName = std::pair<ledger::AccountId, std::string>;

bool writes_transfer(const Asked& asked) {
  return bank::moves_money(asked.operation) ||
         (asked.operation == Operation::create && asked.amount > 0);
}

/// Returns the account that owns the key of the transfer.
ledger::AccountId owner_of_key(const Transfer& transfer) {
  switch (transfer.kind) {
    case ledger::Kind::create:
      return ledger::vault;
    case ledger::Kind::deposit:
      return transfer.credit;
    default:
      return transfer.debit;
  }
}

/// Returns whether the transfer is what this request does.
bool is_effect(const Transfer& transfer, const Asked& asked, ledger::Ledger& ledger) {
  const auto between = [&](ledger::Kind kind, ledger::AccountId debit, ledger::AccountId credit) {
    return transfer.kind == kind && transfer.debit == debit && transfer.credit == credit &&
           transfer.amount == asked.amount && transfer.key == asked.key;
  };
  switch (asked.operation) {
    case Operation::create:
      return transfer.kind == ledger::Kind::create && transfer.amount == asked.amount &&
             transfer.key == asked.key &&
             (!asked.acknowledged() || *asked.reply == std::to_string(transfer.credit));
    case Operation::deposit:
      return between(ledger::Kind::deposit, ledger::vault, asked.account);
    case Operation::withdraw:
      return between(ledger::Kind::withdraw, asked.account, ledger::vault);
    case Operation::transfer:
      return between(ledger::Kind::transfer, asked.account, asked.to);
    case Operation::reverse: {
      const auto row = ledger.key(asked.account, asked.key);
      return transfer.kind == ledger::Kind::reverse && row && transfer.reverses == row->transfer;
    }
    default:
      return false;
  }
}

/// Removes the request's effect from the unexplained transfers. Returns false if it is not there.
bool take(std::vector<Transfer>& unexplained, const Asked& asked, ledger::Ledger& ledger) {
  const auto at = std::find_if(unexplained.begin(), unexplained.end(), [&](const Transfer& each) {
    return is_effect(each, asked, ledger);
  });
  if (at == unexplained.end()) return false;
  unexplained.erase(at);
  return true;
}

}  // namespace

Sentences effects(const Evidence& evidence, ledger::Ledger& ledger) {
  Findings found;
  std::vector<Transfer> unexplained = transfers_after(ledger, evidence.transfers_before);

  std::set<KeyName> keys;
  for (const Transfer& each : unexplained) {
    if (each.key.empty()) continue;
    found.require(keys.emplace(owner_of_key(each), each.key).second, "a key has at most one effect",
                  each.key);
  }
  std::set<KeyName> accounted;  // a repeat has no effect of its own
  for (const Asked& each : evidence.asked) {
    if (!writes_transfer(each) || !each.acknowledged()) continue;
    const bool repeats = (each.claims_key() && !accounted.emplace(each.account, each.key).second) ||
                         row_from_before(evidence, each, ledger);
    if (repeats || each.operation == Operation::reverse) continue;
    found.require(take(unexplained, each, ledger), "an acknowledged request is in the ledger",
                  bank::name(each.operation), each.account, each.key, "answered", *each.reply);
  }
  for (const Asked& each : evidence.asked) {
    if (each.operation != Operation::reverse) continue;
    // A second reverse is acknowledged, too, and has no effect.
    if (each.acknowledged() || each.uncertain()) take(unexplained, each, ledger);
  }
  for (const Asked& each : evidence.asked) {
    if (writes_transfer(each) && each.uncertain()) take(unexplained, each, ledger);
  }
  for (const Transfer& each : unexplained) {
    found.require(false, "a cancelled or refused request has no effect", ledger::name(each.kind),
                  each.debit, "to", each.credit, each.amount, each.key,
                  "is in the ledger, but no request was acknowledged for it");
  }
  return found.sentences();
}

}  // namespace invariants
