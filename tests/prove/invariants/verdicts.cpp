/// Whether the verdicts are true.

#include <algorithm>
#include <map>

#include "tests/prove/invariants/findings.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace invariants {
namespace {

using cancel::Verdict;

/// It was stopped on its way, by whomever.
bool was_stopped(const std::string& reply) {
  return reply.starts_with("-CANCELLED txn") || reply.starts_with("-DEADLINE");
}

/// Whether another cancel was told that it buried the key.
bool another_buried(const Evidence& evidence, const Cancelled& told) {
  return std::any_of(
      evidence.cancelled.begin(), evidence.cancelled.end(), [&](const Cancelled& each) {
        const bool by_key = !each.request && each.account == told.account && each.key == told.key;
        const bool by_handle = each.request && each.final &&
                               evidence.asked.at(*each.request).account == told.account &&
                               evidence.asked.at(*each.request).key == told.key;
        return each.verdict == Verdict::cancelled && (by_key || by_handle);
      });
}

void check_key_verdict(Findings& found, const Evidence& evidence, const Cancelled& told,
                       ledger::Ledger& ledger) {
  const auto row = ledger.key(told.account, told.key);
  switch (told.verdict) {
    case Verdict::cancelled:
    case Verdict::already:
      found.require(row && row->cancelled, "a key said to be cancelled has its tombstone", told.key,
                    name(told.verdict));
      return;
    case Verdict::too_late:
      if (!evidence.machine_well) return;
      // Too late for this cancel; the tombstone of an earlier one may still have come before it.
      found.require(row && (!row->cancelled || another_buried(evidence, told)),
                    "a key said to be too late to cancel is committed", told.key);
      return;
    default:
      found.require(!evidence.machine_well, "a cancel by key has a verdict", told.key,
                    name(told.verdict));
  }
}

void check_verdict(Findings& found, const Evidence& evidence, const Cancelled& told,
                   ledger::Ledger& ledger) {
  const Asked& about = evidence.asked.at(*told.request);
  if (!about.reply) return;
  switch (told.verdict) {
    case Verdict::cancelled:
      found.require(was_stopped(*about.reply), "who is said to be cancelled is told so", about.key,
                    *about.reply);
      if (told.final && about.claims_key()) {
        const auto row = ledger.key(about.account, about.key);
        found.require(row && row->cancelled, "a final cancel has its tombstone", about.key);
      }
      return;
    case Verdict::already:
      found.require(about.reply->starts_with("-CANCELLED") || about.reply->starts_with("-DEADLINE"),
                    "who is said to be cancelled already is told so", about.key, *about.reply);
      return;
    case Verdict::too_late:
      found.require(!was_stopped(*about.reply), "too late means that it was not stopped", about.key,
                    *about.reply);
      return;
    case Verdict::unknown:
      found.require(!evidence.machine_well, "a machine that is well gives a verdict", about.key);
      return;
    case Verdict::invalid:
      found.require(!told.unanswered, "a handle is valid until its request is answered", about.key,
                    *about.reply);
      return;
  }
}

}  // namespace

Sentences verdicts(const Evidence& evidence, ledger::Ledger& ledger) {
  Findings found;
  std::map<std::size_t, int> stopped;
  std::map<std::pair<ledger::AccountId, std::string>, int> buried;
  for (const Cancelled& each : evidence.cancelled) {
    found.require(each.times == 1, "each canceller is told once", each.times, "times");
    if (each.request) {
      check_verdict(found, evidence, each, ledger);
      if (each.verdict == Verdict::cancelled) ++stopped[*each.request];
    } else {
      check_key_verdict(found, evidence, each, ledger);
      if (each.verdict == Verdict::cancelled) ++buried[{each.account, each.key}];
    }
  }
  for (const auto& [request, times] : stopped) {
    found.require(times == 1, "one canceller stopped it", times, "were told so");
  }
  for (const auto& [key, times] : buried) {
    found.require(times == 1, "one canceller buried the key", key.second, times, "were told so");
  }
  return found.sentences();
}

}  // namespace invariants
