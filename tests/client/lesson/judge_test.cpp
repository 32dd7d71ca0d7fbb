/// The judge of the game against the server: each rule, and what no rule may object to.

#include "client/lesson/mistakes/judge.hpp"

#include <doctest/doctest.h>

using lesson::Answer;
using lesson::InFlight;
using lesson::Look;
using lesson::Scene;

namespace {

InFlight request(const std::string& handle, const std::string& waiting,
                 std::vector<std::int64_t> locks) {
  return {handle, "deposit", 1, "key" + handle, "running", "locked", waiting, std::move(locks)};
}

// Three looks that show the same.
Scene seen(const std::vector<InFlight>& in_flight) {
  Scene scene;
  const auto live = static_cast<std::int64_t>(in_flight.size());
  scene.looks.assign(3, Look{in_flight, live, live, 0});
  return scene;
}

Scene answered(const Answer& what, const std::string& outcome) {
  Scene scene;
  scene.answers.push_back(what);
  scene.outcomes[what.key] = outcome;
  scene.sent[what.key] = 1;
  return scene;
}

// The only violation; empty if there is none or there are several.
std::string violation(const Scene& scene) {
  const auto found = lesson::violations(scene);
  return found.size() == 1 ? found.front() : std::string();
}

bool says(const std::string& sentence, const char* part) {
  return sentence.find(part) != sentence.npos;
}

const std::string cancelled = "cancelled: nothing was changed, nor will be\n";

}  // namespace

TEST_CASE("A canceller that was answered CANCELLED must not find the key committed") {
  const Answer verdict{"admin cancel", {1, "gift"}, 0, cancelled};
  CHECK(says(violation(answered(verdict, "committed")), "the ledger has stored it"));
  CHECK(lesson::violations(answered(verdict, "cancelled")).empty());
  CHECK(lesson::violations(answered(verdict, "running")).empty());
}

TEST_CASE("A verdict that came too late says nothing about the money") {
  const Answer verdict{"cancel", {1, "gift"}, 1, "atm: TOOLATE: too late to cancel\n"};
  CHECK(lesson::violations(answered(verdict, "committed")).empty());
}

TEST_CASE("A customer who was answered CANCELLED must not find the key committed") {
  const Answer reply{"withdraw", {1, "rent"}, 3, "atm: CANCELLED: txn 1-3 by freeze\n"};
  Scene scene = answered(reply, "committed");
  CHECK(says(violation(scene), "the ledger has stored it"));
  SUBCASE("unless the same key was sent again: a freeze leaves no trace of it") {
    scene.sent[reply.key] = 2;
    CHECK(lesson::violations(scene).empty());
  }
}

TEST_CASE("A customer whose deposit was acknowledged must find the key committed") {
  const Answer reply{"deposit", {1, "gift"}, 0, "deposited 20.00, balance 120.00 (key gift)\n"};
  CHECK(says(violation(answered(reply, "none")), "the ledger does not have it"));
  CHECK(says(violation(answered(reply, "cancelled")), "the ledger does not have it"));
  CHECK(lesson::violations(answered(reply, "committed")).empty());
}

TEST_CASE("STORE on a sound disk is a violation") {
  const Answer reply{"withdraw", {1, "two"}, 1, "atm: STORE: nothing was changed\n"};
  CHECK(says(violation(answered(reply, "none")), "the disk is sound"));
}

TEST_CASE("A wait for a mutex without an owner is a violation") {
  const auto waiter = request("1-4", "lock 1", {});
  CHECK(says(violation(seen({waiter})), "locked for ever"));
  CHECK(lesson::violations(seen({request("1-3", "hold", {1}), waiter})).empty());
  SUBCASE("unless one of the looks shows an owner") {
    Scene scene = seen({waiter});
    scene.looks[1].in_flight.push_back(request("1-3", "", {1}));
    CHECK(lesson::violations(scene).empty());
  }
  SUBCASE("unless it ends while the server is asked") {
    Scene scene = seen({waiter});
    scene.looks[2].in_flight.clear();
    CHECK(lesson::violations(scene).empty());
  }
}

TEST_CASE("Two owners of one mutex are a violation") {
  CHECK(says(violation(seen({request("1-3", "hold", {1}), request("1-5", "hold", {1, 2})})),
             "both own the mutex of account 1"));
  CHECK(lesson::violations(seen({request("1-3", "hold", {1}), request("1-5", "", {2})})).empty());
}

TEST_CASE("A circle of waits is a deadlock, and a chain is not") {
  const auto one = request("1-3", "lock 2", {1});
  CHECK(says(violation(seen({one, request("1-4", "lock 1", {2})})), "a deadlock: 1-3"));
  CHECK(lesson::violations(seen({one, request("1-4", "hold", {2})})).empty());
  // A third one waits for the circle, and is no part of it.
  const auto third = request("1-2", "lock 1", {});
  CHECK(says(violation(seen({third, one, request("1-4", "lock 1", {2})})), "a deadlock: 1-3"));
}

TEST_CASE(
    "A cancelled request that waits on is a violation, one that commits its tombstone is not") {
  auto stopping = request("1-4", "lock 1", {});
  stopping.stage = "cancelling";
  const auto owner = request("1-3", "hold", {1});
  CHECK(says(violation(seen({owner, stopping})), "was cancelled and still waits"));
  stopping.waiting = "commit";
  CHECK(lesson::violations(seen({owner, stopping})).empty());
}

TEST_CASE("Nothing may be left when nothing is in flight") {
  Scene scene = seen({});
  CHECK(lesson::violations(scene).empty());
  for (Look& look : scene.looks) look.held_locks = 1;
  CHECK(says(violation(scene), "mutexes are locked"));
  scene.looks[1].held_locks = 0;
  CHECK(lesson::violations(scene).empty());
  for (Look& look : scene.looks) look.live_buffers = 2;
  CHECK(says(violation(scene), "buffers are in use"));
}

TEST_CASE("The death of the server and an unsound ledger are violations") {
  Scene scene;
  scene.last_words = "FATAL: exception not rethrown";
  CHECK(says(violation(scene), "the server has died: FATAL"));
  scene.last_words.clear();
  scene.audit_violations = 0;
  CHECK(lesson::violations(scene).empty());
  scene.audit_violations = 1;
  CHECK(says(violation(scene), "unsound"));
}
