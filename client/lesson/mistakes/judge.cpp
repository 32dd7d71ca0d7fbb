#include "client/lesson/mistakes/judge.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace lesson {

namespace {

using Sentences = std::vector<std::string>;

constexpr int exit_done = 0;
constexpr int exit_cancelled = 3;

std::string name_of(const InFlight& request) {
  return request.handle + " (" + request.operation +
         (request.key.empty() ? "" : " " + request.key) + ")";
}

bool sends_write(const Answer& answer) {
  return answer.command == "deposit" || answer.command == "withdraw" ||
         answer.command == "transfer";
}

// ── Answers ─────────────────────────────────────────────────────────────────────────────────────

// Whether the answer says that the write has changed nothing, for good. The same key may run
// again after a deadline or a freeze, so of those only a write that was sent once counts.
bool denies(const Answer& answer, int sent) {
  const bool cancels = answer.command == "admin cancel" || answer.command == "cancel";
  if (cancels) return answer.text.starts_with("cancelled: ");
  return sends_write(answer) && answer.status == exit_cancelled && sent == 1;
}

void check_answers(const Scene& scene, Sentences& found) {
  for (const Answer& answer : scene.answers) {
    if (answer.text.find("atm: STORE: ") != answer.text.npos) {
      found.push_back(
          "a customer was answered that the ledger could not write, and the disk is sound: " +
          answer.text.substr(0, answer.text.find('\n')));
    }
    const auto outcome = scene.outcomes.find(answer.key);
    if (answer.key.second.empty() || outcome == scene.outcomes.end()) continue;
    const auto sent = scene.sent.find(answer.key);
    const bool committed = outcome->second == "committed";
    if (committed && denies(answer, sent == scene.sent.end() ? 0 : sent->second)) {
      found.push_back("`" + answer.command + "` was answered that " + answer.key.second +
                      " has changed nothing, and the ledger has stored it: the money has moved");
    }
    const bool gone = outcome->second == "none" || outcome->second == "cancelled";
    if (gone && sends_write(answer) && answer.status == exit_done) {
      found.push_back("`" + answer.command + "` was answered that " + answer.key.second +
                      " is done, and the ledger does not have it");
    }
  }
}

// ── Nothing is left behind ──────────────────────────────────────────────────────────────────────

// The transactions that all looks show unchanged.
std::vector<InFlight> unchanged(const std::vector<Look>& looks) {
  if (looks.empty()) return {};
  std::vector<InFlight> same;
  for (const InFlight& request : looks.front().in_flight) {
    const bool stays = std::all_of(looks.begin(), looks.end(), [&](const Look& look) {
      return std::find(look.in_flight.begin(), look.in_flight.end(), request) !=
             look.in_flight.end();
    });
    if (stays) same.push_back(request);
  }
  return same;
}

// Returns the account whose mutex it waits for.
std::optional<std::int64_t> wanted(const InFlight& request) {
  constexpr std::string_view lock = "lock ";
  if (!request.waiting.starts_with(lock)) return std::nullopt;
  return std::stoll(request.waiting.substr(lock.size()));
}

bool owns(const InFlight& request, std::int64_t account) {
  return std::find(request.locks.begin(), request.locks.end(), account) != request.locks.end();
}

void check_owners(const Scene& scene, const std::vector<InFlight>& same, Sentences& found) {
  std::set<std::int64_t> owned;  // in any of the looks
  for (const Look& look : scene.looks) {
    for (const InFlight& each : look.in_flight) owned.insert(each.locks.begin(), each.locks.end());
  }
  for (const InFlight& request : same) {
    const auto account = wanted(request);
    if (!account || owned.contains(*account)) continue;
    found.push_back(name_of(request) + " waits for the mutex of account " +
                    std::to_string(*account) +
                    ", which no request in flight owns: it is locked "
                    "for ever");
  }
}

void check_two_owners(const std::vector<InFlight>& same, Sentences& found) {
  for (const InFlight& request : same) {
    for (const InFlight& other : same) {
      if (!(request.handle < other.handle)) continue;
      for (const std::int64_t account : request.locks) {
        if (!owns(other, account)) continue;
        found.push_back(name_of(request) + " and " + name_of(other) +
                        " both own the mutex of account " + std::to_string(account));
      }
    }
  }
}

// Follows the waits from a request: its owner, that owner's owner, … until one waits for no mutex.
// Returns the requests of a circle that leads back to it, or nothing.
std::vector<const InFlight*> circle_from(const InFlight& first, const std::vector<InFlight>& same) {
  std::vector<const InFlight*> chain{&first};
  while (chain.size() <= same.size()) {
    const auto account = wanted(*chain.back());
    if (!account) return {};
    const auto owner = std::find_if(same.begin(), same.end(),
                                    [&](const InFlight& each) { return owns(each, *account); });
    if (owner == same.end()) return {};
    if (&*owner == &first) return chain;
    chain.push_back(&*owner);
  }
  return {};
}

void check_deadlock(const std::vector<InFlight>& same, Sentences& found) {
  for (const InFlight& request : same) {
    const auto circle = circle_from(request, same);
    if (circle.empty()) continue;
    std::string sentence = "a deadlock:";
    for (const InFlight* each : circle) {
      sentence += " " + name_of(*each) + " waits for account " + std::to_string(*wanted(*each)) +
                  (each == circle.back() ? "" : ", whose owner");
    }
    found.push_back(sentence + ", whose owner is the first");
    return;
  }
}

void check_obedience(const std::vector<InFlight>& same, Sentences& found) {
  for (const InFlight& request : same) {
    const bool stops = request.stage == "cancelling";
    if (!stops || (request.waiting != "hold" && !wanted(request))) continue;
    found.push_back(name_of(request) + " was cancelled and still waits (" + request.waiting +
                    "); the canceller has no verdict");
  }
}

void check_rest(const Scene& scene, Sentences& found) {
  const auto at_rest = [](const Look& look) {
    return look.in_flight.empty() && look.live_requests == 0;
  };
  if (scene.looks.empty() || !std::all_of(scene.looks.begin(), scene.looks.end(), at_rest)) return;
  const auto always = [&](std::int64_t Look::*count) {
    return std::all_of(scene.looks.begin(), scene.looks.end(),
                       [&](const Look& look) { return look.*count != 0; });
  };
  if (always(&Look::held_locks)) found.push_back("nothing is in flight, and mutexes are locked");
  if (always(&Look::live_buffers)) found.push_back("nothing is in flight, and buffers are in use");
}

}  // namespace

std::vector<std::string> violations(const Scene& scene) {
  Sentences found;
  check_answers(scene, found);
  if (!scene.last_words.empty()) found.push_back("the server has died: " + scene.last_words);
  if (scene.audit_violations.value_or(0) > 0) found.push_back("the audit finds the ledger unsound");
  const auto same = unchanged(scene.looks);
  check_owners(scene, same, found);
  check_two_owners(same, found);
  check_deadlock(same, found);
  check_obedience(same, found);
  check_rest(scene, found);
  return found;
}

}  // namespace lesson
