// Each source of cancels cancels a request that is held at `queued`, waits for a worker, waits for
// an account mutex, or is held in its body; every worker is busy meanwhile.

#include <map>

#include <doctest/doctest.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

enum class State { held_at_queued, queued, lock_wait, held_on_its_way };
constexpr State states[] = {State::held_at_queued, State::queued, State::lock_wait,
                            State::held_on_its_way};

/// The server has two workers, and both are busy. The victim is a deposit of 5 with the key "k".
struct Scene {
  Site& site;
  State state;
  std::int64_t account;
  std::vector<Client> blockers;
  Client victim;
  std::string handle;
  std::string point;

  bool has_thread() const { return state == State::lock_wait || state == State::held_on_its_way; }
};

Client blocker(Site& site, std::int64_t account) {
  Client teller = site.teller();
  teller.send("WITHDRAW", account, 1);
  site.await_row(
      [account](const Reply& row) {
        return row["account"].number == account && row["waiting"].text == "hold";
      },
      "a busy worker");
  return teller;
}

Scene set_up(Site& site, State state, const std::string& timeout) {
  const auto account = site.open(1000);
  const auto x = site.open(1000);
  const auto y = site.open(1000);
  std::vector<Client> blockers;
  site.op()("HOLD", "ADD", "locked", "OP", "withdraw");
  blockers.push_back(blocker(site, state == State::lock_wait ? account : x));
  const bool queues = state == State::held_at_queued || state == State::queued;
  if (queues) blockers.push_back(blocker(site, y));
  if (state == State::held_at_queued) site.op()("HOLD", "ADD", "queued", "OP", "deposit");
  if (state == State::held_on_its_way) site.op()("HOLD", "ADD", "modified", "OP", "deposit");
  Client victim = site.customer(account);
  victim.send("DEPOSIT", account, 5, "KEY", "k", "TIMEOUT", timeout);
  const std::map<State, std::string> waiting = {
      {State::held_at_queued, "hold"},
      {State::queued, ""},
      {State::lock_wait, "lock " + std::to_string(account)},
      {State::held_on_its_way, "hold"}};
  const std::map<State, std::string> point = {{State::held_at_queued, "queued"},
                                              {State::queued, "queued"},
                                              {State::lock_wait, "lock-wait"},
                                              {State::held_on_its_way, "modified"}};
  Scene scene{site, state, account, std::move(blockers), std::move(victim), "", point.at(state)};
  // A deadline may pass before the victim is there.
  rig::wait_until(
      [&] {
        for (const Reply& row : site.in_flight()) {
          if (row["op"].text != "deposit") continue;
          scene.handle = row["handle"].text;
          const bool there = row["point"].text == scene.point;
          if (there && row["waiting"].text == waiting.at(state)) return true;
        }
        return scene.victim.heard();
      },
      "the victim in its place");
  return scene;
}

std::string cancelled_by(const Scene& scene, const std::string& reason) {
  return "-CANCELLED txn " + scene.handle + " by " + reason + " at " + scene.point;
}

/// Releases the holds: every other request finishes, and nothing of the victim is left.
void check_aftermath(Scene& scene, bool buried) {
  Site& site = scene.site;
  CHECK(show(site.op()("HOLD", "CLEAR")) == "+OK");
  for (Client& client : scene.blockers) client.receive();
  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
  CHECK(site.op()("TXN", "CANCEL", scene.handle).code() == "INVALIDHANDLE");
  site.op()("ACCOUNT", "UNFREEZE", scene.account);
  const auto balance = site.balance(scene.account);
  CHECK(balance >= 999);
  CHECK(balance <= 1000);
  CHECK(site.outcome(scene.account, "k") == (buried ? "cancelled" : "none"));
  const Reply again = site.op()("DEPOSIT", scene.account, 5, "KEY", "k");
  CHECK(show(again) ==
        (buried ? "-CANCELLED key k was cancelled" : ":" + std::to_string(balance + 5)));
}

using Source = void (*)(Scene&);

void by_operator(Scene& scene) {
  CHECK(show(scene.site.op()("TXN", "CANCEL", scene.handle, "WAIT", 600'000)) == "+CANCELLED");
  CHECK(show(scene.victim.receive()) == cancelled_by(scene, "operator"));
}

void by_customer(Scene& scene) {
  Client second = scene.site.customer(scene.account);
  CHECK(show(second("CANCEL", scene.account, "k", "WAIT", 600'000)) == "+CANCELLED");
  CHECK(show(scene.victim.receive()) == cancelled_by(scene, "customer"));
  CHECK(show(second("CANCEL", scene.account, "k", "WAIT", 600'000)) == "+ALREADY");
}

void by_deadline(Scene& scene) {
  CHECK(scene.victim.receive().text.starts_with("DEADLINE txn " + scene.handle + " "));
}

void await_gone(Scene& scene) {
  rig::wait_until(
      [&] { return scene.site.op()("TXN", "SHOW", scene.handle).code() == "INVALIDHANDLE"; },
      "the victim's end");
}

void by_close(Scene& scene) {
  scene.victim.close();
  await_gone(scene);
}

void by_reset(Scene& scene) {
  scene.victim.reset();
  await_gone(scene);
}

void by_half_close(Scene& scene) {
  scene.victim.send("DEPOSIT", scene.account, 77);  // pipelined behind the victim, so it is dropped
  scene.victim.half_close();
  CHECK(show(scene.victim.receive()) == cancelled_by(scene, "disconnect"));
  CHECK(!scene.victim.receive_or_end());
}

void by_kill(Scene& scene) {
  const std::string id = scene.site.op()("TXN", "SHOW", scene.handle)["client"].text;
  CHECK(show(scene.site.op()("CLIENT", "KILL", id)) == "+OK");
  scene.victim.await_end();
  await_gone(scene);
}

void by_freeze(Scene& scene) {
  CHECK(show(scene.site.op()("ACCOUNT", "FREEZE", scene.account)) == "+OK");
  for (const Reply& row : scene.site.in_flight()) CHECK(row["account"].number != scene.account);
  const std::string told = show(scene.victim.receive());
  // The owner of the mutex may be cancelled first, and grant it to the victim.
  if (told.find(" at locked: ") != told.npos) scene.point = "locked";
  CHECK((scene.point != "locked" || scene.state == State::lock_wait));
  CHECK(told == cancelled_by(scene, "freeze") + ": account " + std::to_string(scene.account) +
                    " was frozen");
}

struct Kind {
  std::string reason;
  Source source;
  bool buries;
};

void drill(const Kind& kind, const std::string& mechanism) {
  Site site({"--teaching", "--mechanism", mechanism, "--workers-max", "2"});
  const std::string counter = "cancels_" + kind.reason;
  const bool deadline = kind.source == &by_deadline;
  for (const State state : states) {
    CAPTURE(static_cast<int>(state));
    const auto cancels = site.info(counter);
    const auto died = site.info("workers_cancelled");
    Scene scene = set_up(site, state, deadline ? "400" : "600000");
    kind.source(scene);
    // A freeze cancels the owner of the account mutex as well.
    const bool two = kind.source == &by_freeze && state == State::lock_wait;
    const int stopped = two ? 2 : 1;
    CHECK(site.info(counter) == cancels + stopped);
    const auto deaths = mechanism == "posix" && scene.has_thread() ? stopped : 0;
    rig::wait_until([&] { return site.info("workers_cancelled") >= died + deaths; }, "a death");
    if (!deadline) CHECK(site.info("workers_cancelled") == died + deaths);
    check_aftermath(scene, kind.buries);
  }
  CHECK(site.op()("AUDIT")["violations"].number == 0);
  CHECK(site.stop() == 0);
}

void drill_all(const std::string& mechanism) {
  const Kind kinds[] = {
      {"operator", &by_operator, true},  {"customer", &by_customer, true},
      {"deadline", &by_deadline, false}, {"disconnect", &by_close, false},
      {"disconnect", &by_reset, false},  {"disconnect", &by_half_close, false},
      {"disconnect", &by_kill, false},   {"freeze", &by_freeze, false},
  };
  for (const Kind& kind : kinds) {
    CAPTURE(kind.reason);
    drill(kind, mechanism);
  }
}

}  // namespace

TEST_CASE("every source of cancels works in every state of a request: token") {
  drill_all("token");
}

TEST_CASE("every source of cancels works in every state of a request: posix") {
  drill_all("posix");
}
