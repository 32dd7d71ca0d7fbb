/// Checks that the verdicts are true.

#include <algorithm>
#include <map>

#include "tests/prove/invariants/findings.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace invariants {
namespace {

using cancel::Verdict;

/// Returns whether the reply says that the request was stopped.
bool was_stopped(const std::string& reply) {
  return reply.starts_with("-CANCELLED txn") || reply.starts_with("-DEADLINE");
}

/// Returns whether another cancel received CANCELLED for the key of this one.
bool another_won(const Evidence& evidence, const Cancelled& given) {
  return std::any_of(
      evidence.cancelled.begin(), evidence.cancelled.end(), [&](const Cancelled& each) {
        const bool by_key = !each.request && each.account == given.account && each.key == given.key;
        const bool by_handle = each.request && each.durable &&
                               evidence.asked.at(*each.request).account == given.account &&
                               evidence.asked.at(*each.request).key == given.key;
        return each.verdict == Verdict::cancelled && (by_key || by_handle);
      });
}

void check_key_verdict(Findings& found, const Evidence& evidence, const Cancelled& given,
                       ledger::Ledger& ledger) {
  const auto row = ledger.key(given.account, given.key);
  switch (given.verdict) {
    case Verdict::cancelled:
    case Verdict::already:
      found.require(row && row->cancelled, "a cancelled key has its tombstone", given.key,
                    name(given.verdict));
      return;
    case Verdict::too_late:
      if (!evidence.machine_well) return;
      // An earlier cancel may have written its tombstone before this one came too late.
      found.require(row && (!row->cancelled || another_won(evidence, given)),
                    "a key that is too late to cancel is committed", given.key);
      return;
    default:
      found.require(!evidence.machine_well, "a cancel by key has a verdict", given.key,
                    name(given.verdict));
  }
}

void check_verdict(Findings& found, const Evidence& evidence, const Cancelled& given,
                   ledger::Ledger& ledger) {
  const Asked& about = evidence.asked.at(*given.request);
  if (!about.reply) return;
  switch (given.verdict) {
    case Verdict::cancelled:
      found.require(was_stopped(*about.reply), "a cancelled request is answered CANCELLED",
                    about.key, *about.reply);
      if (given.durable && about.claims_key()) {
        const auto row = ledger.key(about.account, about.key);
        found.require(row && row->cancelled, "a durable cancel has its tombstone", about.key);
      }
      return;
    case Verdict::already:
      found.require(about.reply->starts_with("-CANCELLED") || about.reply->starts_with("-DEADLINE"),
                    "an already cancelled request is answered CANCELLED", about.key, *about.reply);
      return;
    case Verdict::too_late:
      found.require(!was_stopped(*about.reply),
                    "a request that is too late to cancel is not stopped", about.key, *about.reply);
      return;
    case Verdict::unknown:
      found.require(!evidence.machine_well, "a sound machine gives a verdict", about.key);
      return;
    case Verdict::invalid:
      found.require(!given.unanswered, "a handle is valid until its request is answered", about.key,
                    *about.reply);
      return;
  }
}

}  // namespace

Sentences verdicts(const Evidence& evidence, ledger::Ledger& ledger) {
  Findings found;
  std::map<std::size_t, int> stopped;
  std::map<std::pair<ledger::AccountId, std::string>, int> cancelled_keys;
  for (const Cancelled& each : evidence.cancelled) {
    found.require(each.times == 1, "each canceller receives one verdict", each.times, "times");
    if (each.request) {
      check_verdict(found, evidence, each, ledger);
      if (each.verdict == Verdict::cancelled) ++stopped[*each.request];
    } else {
      check_key_verdict(found, evidence, each, ledger);
      if (each.verdict == Verdict::cancelled) ++cancelled_keys[{each.account, each.key}];
    }
  }
  for (const auto& [request, times] : stopped) {
    found.require(times == 1, "one canceller stops a request", times, "received CANCELLED");
  }
  for (const auto& [key, times] : cancelled_keys) {
    found.require(times == 1, "one canceller cancels a key", key.second, times,
                  "received CANCELLED");
  }
  return found.sentences();
}

}  // namespace invariants
