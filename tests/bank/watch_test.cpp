/// A viewer of TXN WATCH sees everything that happens, in the order in which it happens.

#include "server/bank/watch.hpp"

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using bank::Sighting;
using bank::Watch;
using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

using Lines = std::vector<std::string>;

rig::Options watched_by(Watch& watch, rig::Options options = {}) {
  options.observer = &watch;
  return options;
}

std::shared_ptr<Watch::Viewer> view(Watch& watch,
                                    std::optional<ledger::AccountId> account = std::nullopt) {
  return watch.view(account, [] {});
}

std::vector<Sighting> all_of(Watch::Viewer& viewer) {
  std::vector<Sighting> all;
  for (;;) {
    auto some = viewer.take(100);
    if (some.empty()) return all;
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
}

std::string line(const Sighting& seen) {
  std::string words(seen.event);
  for (const bank::Reply& detail : seen.details) words += " " + rig::text(detail);
  return words;
}

/// The events of one transaction, without the subject 0 that some of them have.
Lines events_of(Watch::Viewer& viewer, const Asked& asked) {
  Lines lines;
  for (const Sighting& seen : all_of(viewer)) {
    if (seen.handle != asked.txn->handle()) continue;
    std::string words = line(seen);
    if (words.ends_with(" 0")) words.resize(words.size() - 2);
    lines.push_back(words);
  }
  return lines;
}

/// A sentence about the first number that does not follow from the one before it, if any.
std::string gap_in(const std::vector<Sighting>& all) {
  std::int64_t last = 0;
  for (const Sighting& seen : all) {
    const bool missed = seen.event == "missed";
    last += missed ? std::get<std::int64_t>(seen.details[0].value) : 1;
    if (seen.number != last) return std::to_string(seen.number) + " for " + std::to_string(last);
  }
  return {};
}

void check_lines(const Lines& actual, const Lines& expected) {
  for (std::size_t i = 0; i < std::max(actual.size(), expected.size()); ++i) {
    CAPTURE(i);
    CHECK((i < actual.size() ? actual[i] : "nothing") ==
          (i < expected.size() ? expected[i] : "nothing"));
  }
}

}  // namespace

TEST_CASE("a viewer sees the whole of a deposit that is cancelled while it owns the account") {
  Watch watch;
  Rig rig(watched_by(watch, rig::each_mechanism()));
  rig.open_account(100);
  const auto viewer = view(watch);
  const Asked deposit = rig.start_held(rig::teller(), "DEPOSIT 1 5 KEY k", Point::locked);
  CHECK(rig.wait_for(rig.start_cancel(deposit, rig::Reason::operator_, "stolen card")) ==
        Verdict::cancelled);
  rig.finish(deposit);
  check_lines(events_of(*viewer, deposit),
              {"admitted deposit 1 0 k 7 teller",
               "stage running",
               "cleanup pushed finish request",
               "cleanup pushed free request buffer",
               "point started",
               "point checked",
               "point lock-wait",
               "granted lock 1",
               "cleanup pushed unlock account 1",
               "point locked",
               "waiting hold",
               "cancel operator stolen card",
               "stage cancelling",
               "cleanup ran unlock account 1",
               "released lock 1",
               "cleanup ran free request buffer",
               "cleanup ran finish request",
               "waiting commit",
               "stage cancelled",
               "reply CANCELLED txn " + deposit.handle() + " by operator at locked: stolen card",
               "verdict CANCELLED",
               "gone"});
}

TEST_CASE("a viewer sees the whole of a deposit that commits") {
  Watch watch;
  Rig rig(watched_by(watch, rig::each_mechanism()));
  rig.open_account(100);
  const auto viewer = view(watch);
  const Asked deposit = rig.start(rig::teller(), "DEPOSIT 1 5");
  CHECK(rig.finish(deposit) == "105");
  check_lines(events_of(*viewer, deposit), {"admitted deposit 1 0  7 teller",
                                            "stage running",
                                            "cleanup pushed finish request",
                                            "cleanup pushed free request buffer",
                                            "point started",
                                            "point checked",
                                            "point lock-wait",
                                            "granted lock 1",
                                            "cleanup pushed unlock account 1",
                                            "point locked",
                                            "point retrieved",
                                            "point authorized",
                                            "point modified",
                                            "stage committing",
                                            "point committing",
                                            "point ordered",
                                            "cleanup ran unlock account 1",
                                            "released lock 1",
                                            "point unlocked",
                                            "waiting commit",
                                            "stage committed",
                                            "point committed",
                                            "reply OK 105",
                                            "point replied",
                                            "cleanup ran free request buffer",
                                            "cleanup ran finish request",
                                            "gone"});
}

TEST_CASE("without --teaching a viewer sees neither points nor cleanup entries") {
  Watch watch;
  rig::Options options = rig::each_mechanism();
  options.teaching = false;
  Rig rig(watched_by(watch, options));
  rig.open_account(100);
  const auto viewer = view(watch);
  const Asked deposit = rig.start(rig::teller(), "WITHDRAW 1 500");
  rig.finish(deposit);
  check_lines(events_of(*viewer, deposit),
              {"admitted withdraw 1 0  7 teller", "stage running", "granted lock 1",
               "released lock 1", "stage answered",
               "reply FUNDS " + deposit.reply()->substr(std::string("-FUNDS ").size()), "gone"});
}

TEST_CASE("a viewer sees a cancel that comes too late, with its verdict") {
  Watch watch;
  Rig rig(watched_by(watch, rig::each_mechanism()));
  rig.open_account(100);
  const Asked deposit = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::committing);
  const auto viewer = view(watch);
  CHECK(rig.wait_for(rig.start_cancel(deposit)) == Verdict::too_late);
  check_lines(events_of(*viewer, deposit), {"cancel operator ", "verdict TOOLATE"});
}

TEST_CASE("a viewer sees a request that is cancelled before it has a worker") {
  Watch watch;
  Rig rig(watched_by(watch, rig::each_mechanism()));
  rig.open_account(100);
  const auto viewer = view(watch);
  const Asked deposit = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::queued);
  CHECK(rig.wait_for(rig.start_cancel(deposit)) == Verdict::cancelled);
  rig.finish(deposit);
  check_lines(
      events_of(*viewer, deposit),
      {"admitted deposit 1 0  7 teller", "waiting hold", "cancel operator ", "stage cancelling",
       "cleanup pushed finish request", "cleanup ran finish request", "stage cancelled",
       "reply CANCELLED txn " + deposit.handle() + " by operator at queued", "verdict CANCELLED",
       "gone"});
}

TEST_CASE("an account's mutex is seen to be released before it is granted to the next waiter") {
  Watch watch;
  Rig rig(watched_by(watch, rig::each_mechanism()));
  rig.open_account(100);
  const Asked owner = rig.start_held(rig::teller(), "DEPOSIT 1 1", Point::locked);
  const Asked waiter = rig.start(rig::teller(), "DEPOSIT 1 2");
  rig.attend_until_waiting(waiter, "lock");
  const Asked last = rig.start(rig::teller(), "DEPOSIT 1 4");
  rig.attend_until_waiting(last, "lock");
  const auto viewer = view(watch);
  rig.wait_for(rig.start_cancel(waiter));
  rig.finish(waiter);
  rig.wait_for(rig.start_cancel(owner));
  rig.finish(owner);
  rig.finish(last);
  Lines locks;
  for (const Sighting& seen : all_of(*viewer)) {
    const bool of_waiter = seen.handle == waiter.txn->handle();
    if (of_waiter && seen.event == "cleanup") locks.push_back("the waiter: " + line(seen));
    if (seen.event != "released" && seen.event != "granted") continue;
    const bool of_owner = seen.handle == owner.txn->handle();
    locks.push_back((of_owner ? "the owner: " : "the last: ") + line(seen));
  }
  check_lines(locks, {"the waiter: cleanup ran stop waiting for account 1",
                      "the waiter: cleanup ran free request buffer 0",
                      "the waiter: cleanup ran finish request 0", "the owner: released lock 1",
                      "the last: granted lock 1", "the last: released lock 1"});
}

TEST_CASE("a viewer of an account sees a transfer to it and a transfer from it, and no others") {
  Watch watch;
  Rig rig(watched_by(watch));
  for (int i = 0; i < 3; ++i) rig.open_account(100);
  const auto viewer = view(watch, 2);
  rig.ask("DEPOSIT 1 5");
  rig.ask("HISTORY 1");
  rig.ask("TRANSFER 1 2 5");
  rig.ask("TRANSFER 2 3 5");
  rig.ask("TRANSFER 3 1 5");
  Lines admitted;
  for (const Sighting& seen : all_of(*viewer)) {
    if (seen.event == "admitted") admitted.push_back(line(seen));
  }
  check_lines(admitted, {"admitted transfer 1 2  7 teller", "admitted transfer 2 3  7 teller"});
}

TEST_CASE("each viewer has its own numbers, and one that leaves does not disturb another") {
  Watch watch;
  Rig rig(watched_by(watch));
  rig.open_account(100);
  const auto first = view(watch);
  rig.ask("BALANCE 1");
  auto second = view(watch);
  rig.ask("BALANCE 1");
  const std::size_t of_one = all_of(*second).size();
  CHECK(of_one > 0);
  second.reset();
  rig.ask("BALANCE 1");
  const auto seen = all_of(*first);
  CHECK(seen.size() == 3 * of_one);
  CHECK(gap_in(seen) == "");
}

TEST_CASE("the watch is inactive once the last viewer has left") {
  Watch watch;
  CHECK_FALSE(watch.active());
  auto viewer = view(watch);
  CHECK(watch.active());
  viewer.reset();
  CHECK_FALSE(watch.active());
}

TEST_CASE("a viewer that does not read misses sightings, learns how many, and costs little") {
  Watch watch;
  Rig rig(watched_by(watch));
  rig.open_account(100);
  const auto viewer = view(watch);
  const auto ask_much = [&] {
    for (std::size_t i = 0; i < Watch::most_unread / 8; ++i) rig.ask("BALANCE 1");
  };
  ask_much();
  const auto some = viewer->take(10);
  CHECK(some.size() == 10);
  ask_much();
  auto rest = all_of(*viewer);
  CHECK_MESSAGE(rest.size() <= Watch::most_unread + 1, "the buffer is bounded");
  ask_much();
  const auto later = all_of(*viewer);
  rest.insert(rest.begin(), some.begin(), some.end());
  rest.insert(rest.end(), later.begin(), later.end());
  CHECK(gap_in(rest) == "");
  const auto missed = std::count_if(rest.begin(), rest.end(), [](const Sighting& seen) {
    return seen.event == "missed" && seen.handle == cancel::Handle{};
  });
  CHECK_MESSAGE(missed > 0, "sightings were missed");
}

TEST_CASE("a viewer is woken once for what it has not read") {
  Watch watch;
  Rig rig(watched_by(watch));
  rig.open_account(100);
  seam::Atomic<int> woken{0};
  const auto viewer = watch.view(std::nullopt, [&] { woken.add(1); });
  rig.ask("BALANCE 1");
  CHECK(woken.load() == 1);
  CHECK_FALSE(viewer->take(1).empty());
  rig.ask("BALANCE 1");
  CHECK(woken.load() == 1);
  all_of(*viewer);
  rig.ask("BALANCE 1");
  CHECK(woken.load() == 2);
}
