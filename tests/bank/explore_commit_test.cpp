/// Commits in many orders of the threads: one thread at a time uses the ledger's writer, nothing is
/// left unled, and no reply rests on a change that was revoked.

#include <doctest/doctest.h>

#include "server/bank/committer.hpp"
#include "tests/bank/explored_bank.hpp"

using explored::Bank;
using explored::share;

namespace {

void explore_few(const std::function<void(explore::Run&)>& body) {
  const auto bounded = explore::exhaustive({.most_runs = 600 / share, .preemptions = 1}, body);
  CHECK_MESSAGE(!bounded.failure, bounded.text());
  const auto lots = explore::pct({}, 3, 3, 300 / share, body);
  CHECK_MESSAGE(!lots.failure, lots.text());
}

}  // namespace

TEST_CASE("explored: blocking callers commit every change, one leader at a time") {
  explore_few([](explore::Run& run) {
    const auto ledger = ledger::make_memory_ledger();
    bank::Committer committer(*ledger,
                              {[] {}, [](const std::string&) {}, [](const auto& job) { job(); }});
    for (const int number : {1, 2, 3}) {
      run.spawn("caller", [&committer, number] {
        committer.commit(
            [number](ledger::UnitOfWork& unit) { unit.store_tombstone(number, "k", 1); });
      });
    }
    run.go();
    run.check(committer.commits() == 3, "every change is committed");
    run.check(committer.waiting() == 0, "no change is left");
  });
}

TEST_CASE("explored: a balance and a withdrawal that read a refused change are refused, too") {
  explore_few([](explore::Run& run) {
    Bank world(run, cancel::Mechanism::token, 3);
    world.disk().fail_commit(ledger::CommitFailure::refused);
    const auto writer = world.ask("WITHDRAW 1 60 KEY a");
    const auto other = world.ask("WITHDRAW 1 60 KEY b");
    const auto reader = world.ask("BALANCE 1");
    run.go();
    world.check();
    const ledger::Cents left = world.ledger().account(1)->balance;
    run.check(left == 100 || left == 40, "one withdrawal at most is stored");
    run.check(reader->code() == "-STORE" || reader->reply() == "100" || reader->reply() == "40",
              "a balance is true, or refused");
    run.check(reader->reply() != "40" || left == 40, "a balance that was sent is durable");
    for (const auto& each : {writer, other}) {
      run.check(each->code() == "-STORE" || each->code() == "-FUNDS" || each->reply() == "40",
                "a withdrawal is stored, or refused");
      run.check(each->code() != "-FUNDS" || left == 40,
                "a refusal for want of funds rests on a durable balance");
    }
  });
}

TEST_CASE("explored: a repeat by key of a refused withdrawal is paid out once") {
  explore_few([](explore::Run& run) {
    Bank world(run, cancel::Mechanism::token, 2);
    world.disk().fail_commit(ledger::CommitFailure::refused);
    world.ask_during_run("WITHDRAW 1 60 KEY a");
    world.ask_during_run("WITHDRAW 1 60 KEY a");
    run.go();
    world.check();
  });
}
