#include "tests/prove/interleavings/plans.hpp"

#include <set>

namespace interleavings {
namespace {

using Actors = std::vector<std::string>;

std::vector<Plan> under_both(const std::vector<Actors>& all, bool sqlite = false) {
  std::vector<Plan> plans;
  std::set<std::string> known;
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    for (const Actors& actors : all) {
      Plan plan{mechanism, actors, sqlite};
      if (known.insert(to_string(plan)).second) plans.push_back(std::move(plan));
    }
  }
  return plans;
}

// ── Pairs ───────────────────────────────────────────────────────────────────────────────────────

/// A request on account 1 with key a, and requests to pair with it: on the same account and on
/// another one (for a transfer also overlapping and reversed), with the same key and with another.
struct Ways {
  std::string first;
  Actors second;
};

const std::vector<Ways>& requests() {
  static const std::vector<Ways> all = {
      {"CREATE 1234 BALANCE 50 KEY a",
       {"CREATE 1234 BALANCE 50 KEY b", "CREATE 1234 BALANCE 50 KEY a",
        "CREATE 1234 BALANCE 70 KEY a"}},
      {"DEPOSIT 1 40 KEY a", {"DEPOSIT 1 40 KEY b", "DEPOSIT 1 40 KEY a", "DEPOSIT 2 40 KEY b"}},
      {"WITHDRAW 1 60 KEY a",
       {"WITHDRAW 1 60 KEY b", "WITHDRAW 1 60 KEY a", "WITHDRAW 2 60 KEY b"}},
      {"TRANSFER 1 2 60 KEY a",
       {"TRANSFER 1 2 60 KEY b", "TRANSFER 1 2 60 KEY a", "TRANSFER 2 1 60 KEY b",
        "TRANSFER 2 3 60 KEY b", "TRANSFER 3 1 60 KEY b"}},
      {"BALANCE 1", {"BALANCE 1", "BALANCE 2"}},
      {"HISTORY 1", {"HISTORY 1", "HISTORY 2"}},
      {"REVERSE 1 old", {"REVERSE 1 old", "REVERSE 2 old"}},
      {"REVERSE 1 sent", {"REVERSE 1 sent"}},
  };
  return all;
}

/// Returns the last word of a request: its key, or the key that it reverses.
std::string key_of(const std::string& request) {
  return request.substr(request.find_last_of(' ') + 1);
}

/// Returns the actors that disturb a request, which is the first actor of the plan.
Actors disturbances(const std::string& request) {
  Actors all = {"cancel-handle 1", "deadline 1", "lost 1", "freeze 1"};
  const bool creates = request.starts_with("CREATE");
  if (creates) all.pop_back();
  if (request.find(" KEY a") != std::string::npos) {
    const std::string account = creates ? "0" : "1";
    all.push_back("cancel-key " + account + " a");
    all.push_back("status " + account + " a");
  }
  if (request.starts_with("REVERSE")) {
    all.push_back("cancel-key 1 " + key_of(request));
    all.push_back("status 1 " + key_of(request));
  }
  return all;
}

void add_requests(std::vector<Actors>& pairs) {
  for (std::size_t i = 0; i < requests().size(); ++i) {
    for (std::size_t j = i; j < requests().size(); ++j) {
      for (const std::string& second : requests()[j].second) {
        pairs.push_back({requests()[i].first, second});
      }
    }
  }
}

void add_disturbed(std::vector<Actors>& pairs) {
  for (const Ways& ways : requests()) {
    for (const std::string& disturbance : disturbances(ways.first)) {
      pairs.push_back({ways.first, disturbance});
    }
    // With another key or account these must have no effect. (A freeze of account 2 does affect a
    // reverse of `sent`.)
    if (!ways.first.starts_with("REVERSE")) {
      pairs.push_back({ways.first, "cancel-key 1 b"});
      pairs.push_back({ways.first, "status 1 b"});
    }
    pairs.push_back({ways.first, "freeze 2"});
  }
}

/// Requests that share a key, in the opposite order; and a reverse of a request in flight.
void add_arrivals(std::vector<Actors>& pairs) {
  const std::size_t known = pairs.size();
  for (std::size_t i = 0; i < known; ++i) {
    const Actors pair = pairs[i];
    const bool share = pair[0].ends_with(" KEY a") && pair[1].ends_with(" KEY a");
    if (share && pair[0] != pair[1]) pairs.push_back({pair[1], pair[0]});
  }
  for (const char* request : {"DEPOSIT 1 40 KEY a", "WITHDRAW 1 60 KEY a", "TRANSFER 1 2 60 KEY a",
                              "TRANSFER 2 1 60 KEY a"}) {
    const std::string reverse = request[9] == '2' ? "REVERSE 2 a" : "REVERSE 1 a";
    pairs.push_back({request, reverse});
    pairs.push_back({reverse, request});
  }
  // The key of a create belongs to no account.
  pairs.push_back({"CREATE 1234 BALANCE 50 KEY a", "REVERSE 1 a"});
}

/// Reverses a transfer beside requests on the same, overlapping and reversed accounts.
void add_undone_transfers(std::vector<Actors>& pairs) {
  const std::string undo = "REVERSE 1 sent";
  for (const char* other : {"TRANSFER 2 1 60 KEY b", "TRANSFER 2 3 60 KEY b",
                            "TRANSFER 3 1 60 KEY b", "TRANSFER 1 2 60 KEY b", "DEPOSIT 2 40 KEY b",
                            "WITHDRAW 2 90 KEY b", "REVERSE 2 old", "BALANCE 2", "HISTORY 2"}) {
    pairs.push_back({undo, other});
  }
}

/// Repeats of a stored key, which are answered from its row.
void add_repeats(std::vector<Actors>& pairs) {
  for (const char* again : {"DEPOSIT 1 30 KEY old", "WITHDRAW 1 60 KEY old",
                            "TRANSFER 1 2 20 KEY sent", "TRANSFER 1 3 20 KEY sent"}) {
    const std::string key = key_of(again);
    for (const std::string& other :
         {std::string(again), "REVERSE 1 " + key, "cancel-key 1 " + key, "status 1 " + key,
          std::string("cancel-handle 1"), std::string("WITHDRAW 1 60 KEY b")}) {
      pairs.push_back({again, other});
    }
  }
  for (const char* reading : {"BALANCE 1", "HISTORY 1"}) {
    pairs.push_back({reading, "cancel-key 1 old"});
    pairs.push_back({reading, "status 1 old"});
  }
}

/// These need a request to act on.
const Actors needy = {"cancel-handle 1", "deadline 1", "lost 1"};
const Actors independent = {"freeze 1", "cancel-key 1 a", "status 1 a"};
const std::string disturbed = "WITHDRAW 1 60 KEY a";

void add_disturbances(std::vector<Actors>& pairs) {
  for (std::size_t i = 0; i < needy.size(); ++i) {
    for (std::size_t j = i; j < needy.size(); ++j) pairs.push_back({disturbed, needy[i], needy[j]});
    for (const std::string& other : independent) pairs.push_back({disturbed, needy[i], other});
  }
  for (std::size_t i = 0; i < independent.size(); ++i) {
    for (std::size_t j = i; j < independent.size(); ++j) {
      pairs.push_back({independent[i], independent[j]});
    }
  }
}

}  // namespace

std::vector<Plan> two_and_a_cancel() {
  const std::vector<std::pair<Actors, std::string>> requests = {
      {{"WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY b"}, "1"},
      {{"TRANSFER 1 2 60 KEY a", "TRANSFER 1 2 60 KEY b"}, "1"},
      {{"CREATE 1234 BALANCE 50 KEY a", "CREATE 1234 BALANCE 50 KEY b"}, "0"},
      {{"WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY a"}, "1"},
  };
  std::vector<Actors> all;
  for (const auto& [pair, account] : requests) {
    for (const std::string& cancel : {"cancel-key " + account + " a",
                                      std::string("cancel-handle 1"), std::string("deadline 1")}) {
      Actors actors = pair;
      actors.push_back(cancel);
      all.push_back(std::move(actors));
    }
  }
  // Two requests with the same key: cancel the second one.
  const std::string again = "WITHDRAW 1 60 KEY a";
  all.push_back({again, again, "cancel-handle 2"});
  all.push_back({again, again, "deadline 2"});
  return under_both(all);
}

std::vector<Plan> pairs() {
  std::vector<Actors> all;
  add_requests(all);
  add_arrivals(all);
  add_undone_transfers(all);
  add_repeats(all);
  add_disturbed(all);
  add_disturbances(all);
  return under_both(all);
}

std::vector<Plan> early_release() {
  const std::string first = "WITHDRAW 1 60 KEY a";
  std::vector<Actors> all = {
      {first, "BALANCE 1", "deadline 2"},
      {first, "WITHDRAW 1 60", "deadline 1"},
  };
  for (const char* refused : {"disk-refuses 1", "disk-refuses 2"}) {
    for (const Actors& actors : std::vector<Actors>{
             {first, "BALANCE 1"},
             {first, "DEPOSIT 1 40 KEY b"},
             {first, "WITHDRAW 1 60"},
             {first, first},
             {first, "status 1 a"},
             {first, "deadline 1"},
             {"TRANSFER 1 2 60 KEY a", "TRANSFER 2 3 90 KEY b"},
             {"REVERSE 1 old", "REVERSE 1 old"},
             {"CREATE 1234 BALANCE 50 KEY a", "CREATE 1234 BALANCE 50 KEY a"},
             {first, "DEPOSIT 1 40 KEY b", "deadline 2"},
             {first, "freeze 1"},
             {first, "cancel-key 1 a"},
             {first, "cancel-handle 1"},
             {"cancel-key 1 a", "cancel-key 1 a"},
         }) {
      all.push_back(actors);
      all.back().emplace_back(refused);
    }
  }
  for (const char* failed : {"disk-fails 1 done", "disk-fails 1 undone"}) {
    for (const char* other : {"BALANCE 1", "DEPOSIT 1 40 KEY b", "status 1 a", "cancel-key 1 a"}) {
      all.push_back({first, other, failed});
    }
    all.push_back({first, "DEPOSIT 1 40 KEY b", "BALANCE 1", failed});
  }
  return under_both(all);
}

std::vector<Plan> triples() {
  std::vector<Actors> all;
  for (std::size_t i = 0; i < independent.size(); ++i) {
    for (std::size_t j = i; j < independent.size(); ++j) {
      all.push_back({disturbed, independent[i], independent[j]});
    }
  }
  return under_both(all);
}

std::vector<Plan> crowds() {
  return under_both({
      {"WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY b", "DEPOSIT 1 50 KEY c", "cancel-key 1 a",
       "cancel-handle 2"},
      {"TRANSFER 1 2 60 KEY a", "TRANSFER 2 3 60 KEY b", "TRANSFER 3 1 60 KEY c", "cancel-handle 1",
       "deadline 3"},
      {"WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY a", "cancel-key 1 a",
       "cancel-key 1 a"},
      {"TRANSFER 1 2 30 KEY a", "TRANSFER 2 1 30 KEY a", "BALANCE 1", "freeze 1", "lost 2"},
      {"REVERSE 1 old", "REVERSE 1 old", "WITHDRAW 1 90 KEY a", "cancel-handle 1"},
      {"CREATE 1234 BALANCE 5 KEY a", "CREATE 1234 BALANCE 5 KEY a", "DEPOSIT 2 5 KEY b",
       "WITHDRAW 3 5 KEY c", "cancel-key 0 a"},
      {"DEPOSIT 1 1 KEY a", "DEPOSIT 2 1 KEY b", "DEPOSIT 3 1 KEY c", "HISTORY 1", "cancel-key 2 b",
       "status 1 a"},
      {"WITHDRAW 1 60 KEY a", "cancel-key 1 a", "cancel-handle 1", "deadline 1", "lost 1",
       "freeze 1", "status 1 a"},
  });
}

std::vector<Plan> on_sqlite() {
  return under_both(
      {
          {"WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY b", "cancel-handle 1"},
          {"TRANSFER 1 2 60 KEY a", "TRANSFER 2 1 60 KEY b", "deadline 1"},
          {"WITHDRAW 1 60 KEY a", "WITHDRAW 1 60 KEY a", "cancel-key 1 a"},
          {"WITHDRAW 1 60 KEY a", "cancel-key 1 a"},
          {"REVERSE 1 old", "WITHDRAW 1 90 KEY a", "cancel-handle 1"},
          {"DEPOSIT 1 40 KEY a", "freeze 1"},
          {"CREATE 1234 BALANCE 50 KEY a", "HISTORY 1", "cancel-key 0 a"},
      },
      true);
}

}  // namespace interleavings
