/// Checks that the replies are true.

#include <algorithm>
#include <set>

#include "tests/prove/invariants/books.hpp"
#include "tests/prove/invariants/findings.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace invariants {
namespace {

using bank::Operation;

/// Returns whether the reply reports a cancel that writes a tombstone first.
bool reports_tombstone(const std::string& reply) {
  if (!reply.starts_with("-CANCELLED")) return false;
  return reply.find(" by operator") != std::string::npos ||
         reply.find(" by customer") != std::string::npos ||
         reply.find("was cancelled") != std::string::npos;
}

bool same_request(const ledger::Claim& claim, const Asked& asked) {
  const ledger::AccountId other = asked.operation == Operation::transfer ? asked.to : 0;
  return claim.account == asked.account && claim.other == other && claim.amount == asked.amount &&
         ledger::name(claim.kind) == bank::name(asked.operation);
}

/// Returns whether another request with that key may have taken place.
bool another_may_have(const Evidence& evidence, const Asked& about) {
  return std::any_of(evidence.asked.begin(), evidence.asked.end(), [&](const Asked& each) {
    return each.claims_key() && each.account == about.account && each.key == about.key &&
           (each.acknowledged() || each.uncertain());
  });
}

/// Checks the reply to a request that reuses the key of another one: DUPKEY, unless it was stopped
/// before it looked at the key, or found the key in use.
void check_other_request(Findings& found, const Asked& asked, bool another, bool from_before) {
  if (!asked.reply) return;
  if (asked.reply->starts_with("-DUPKEY")) {
    found.require(another, "DUPKEY means that another request has the key", asked.key,
                  *asked.reply);
  } else if (from_before && !asked.acknowledged()) {
    const auto starts = [&](const char* with) { return asked.reply->starts_with(with); };
    found.require(starts("-CANCELLED txn") || starts("-DEADLINE") || starts("-INPROGRESS") ||
                      starts("-UNKNOWN") || starts("-STORE"),
                  "a request whose key has a row is answered from that row", asked.key,
                  *asked.reply);
  }
}

void check_key(Findings& found, const Evidence& evidence, const Asked& asked,
               ledger::Ledger& ledger) {
  const auto row = ledger.key(asked.account, asked.key);
  const bool stored = row && !row->cancelled;
  check_other_request(found, asked, stored && !same_request(row->claim, asked),
                      row_from_before(evidence, asked, ledger).has_value());
  if (asked.acknowledged()) {
    found.require(stored, "an acknowledged request has its key in the ledger", asked.key,
                  *asked.reply);
    if (!stored) return;
    found.require(*asked.reply == std::to_string(row->reply), "a repeat has the first reply",
                  asked.key, "answered", *asked.reply, "stored", row->reply);
    found.require(same_request(row->claim, asked), "a key belongs to one request", asked.key);
  } else if (asked.reply && reports_tombstone(*asked.reply)) {
    found.require(row && row->cancelled, "a cancelled key has its tombstone", asked.key,
                  *asked.reply);
  } else if (!asked.uncertain() && !asked.reply->starts_with("-DUPKEY")) {
    found.require(
        !stored || another_may_have(evidence, asked) || row_from_before(evidence, asked, ledger),
        "a refused or cancelled request leaves no key behind", asked.key, *asked.reply);
  }
}

/// Returns every balance the account has had, from before the run until now.
std::set<ledger::Cents> balances_of(const Evidence& evidence, ledger::AccountId account,
                                    ledger::Ledger& ledger) {
  std::set<ledger::Cents> had;
  const auto before = evidence.before.find(account);
  if (before != evidence.before.end()) had.insert(before->second);
  for (const ledger::Transfer& each : transfers_after(ledger, evidence.transfers_before)) {
    if (each.debit == account) had.insert(each.debit_balance);
    if (each.credit == account) had.insert(each.credit_balance);
  }
  return had;
}

/// Returns the numbers of the transfers in a history.
std::vector<ledger::TransferId> ids_in(const std::string& reply) {
  std::vector<ledger::TransferId> ids;
  const std::string mark = "{id: ";
  for (std::size_t at = reply.find(mark); at != std::string::npos; at = reply.find(mark, at + 1)) {
    ids.push_back(std::stoll(reply.substr(at + mark.size())));
  }
  return ids;
}

void check_reversal(Findings& found, const Asked& asked, ledger::Ledger& ledger) {
  if (asked.operation != Operation::reverse || !asked.acknowledged()) return;
  const auto row = ledger.key(asked.account, asked.key);
  found.require(row && !row->cancelled && ledger.reversal_of(row->transfer),
                "an acknowledged reverse has its transfer", asked.key, *asked.reply);
}

void check_reading(Findings& found, const Evidence& evidence, const Asked& asked,
                   ledger::Ledger& ledger) {
  // A repeat of an earlier run's request reports an earlier balance.
  if (!asked.acknowledged() || row_from_before(evidence, asked, ledger)) return;
  if (asked.operation == Operation::balance || asked.operation == Operation::deposit ||
      asked.operation == Operation::withdraw || asked.operation == Operation::transfer) {
    const auto had = balances_of(evidence, asked.account, ledger);
    found.require(had.contains(std::stoll(*asked.reply)), "a reported balance existed", "account",
                  asked.account, *asked.reply);
  }
  if (asked.operation == Operation::history) {
    for (const ledger::TransferId id : ids_in(*asked.reply)) {
      found.require(ledger.transfer(id).has_value(), "a reported transfer is in the ledger", id);
    }
  }
}

}  // namespace

Sentences replies(const Evidence& evidence, ledger::Ledger& ledger) {
  Findings found;
  for (const Asked& each : evidence.asked) {
    found.require(each.replies <= 1, "each request has one reply", bank::name(each.operation),
                  each.account, each.key, each.replies, "times");
    if (evidence.machine_well && each.reply) {
      found.require(!each.reply->starts_with("-UNKNOWN") && !each.reply->starts_with("-STORE"),
                    "no reply blames a sound machine", *each.reply);
    }
    if (each.claims_key()) check_key(found, evidence, each, ledger);
    check_reversal(found, each, ledger);
    check_reading(found, evidence, each, ledger);
  }
  return found.sentences();
}

}  // namespace invariants
