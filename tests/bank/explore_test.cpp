/// The shipped code over the ledger in memory, one thread at a time, in many orders: the same
/// sentences hold in every order.

#include <algorithm>
#include <optional>
#include <set>

#include <doctest/doctest.h>

#include "server/bank/keys.hpp"
#include "server/commands/accounts.hpp"
#include "server/commands/txn.hpp"
#include "tests/bank/explored_bank.hpp"
#include "tests/bank/reply_text.hpp"
#include "tests/scheduler/normal_form.hpp"

using cancel::Stage;
using cancel::Verdict;
using explored::Bank;
using explored::Customer;
using explored::ReceivedVerdict;
using explored::share;

namespace {

using Scenario = std::function<void(explore::Run&, cancel::Mechanism)>;

/// Explores the scenario under both mechanisms: the orders with one preemption, and random ones.
void explore_both(const Scenario& scenario) {
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    CAPTURE(static_cast<int>(mechanism));
    const auto body = [&](explore::Run& run) { scenario(run, mechanism); };
    const auto bounded = explore::exhaustive({.most_runs = 400 / share, .preemptions = 1}, body);
    CHECK_MESSAGE(!bounded.failure, bounded.text());
    const auto lots = explore::pct({}, 11, 3, 200 / share, body);
    CHECK_MESSAGE(!lots.failure, lots.text());
    const auto random = explore::random({}, 5, 100 / share, body);
    CHECK_MESSAGE(!random.failure, random.text());
  }
}

void spawn_cancel_by_handle(explore::Run& run, Bank& world, const Customer& customer,
                            ReceivedVerdict& canceller) {
  run.spawn("canceller", [&] {
    commands::cancel_transaction(world.bank(), to_string(customer.txn->handle()), "no",
                                 [&](Verdict verdict, const auto&) { canceller.receive(verdict); });
  });
}

void spawn_cancel_by_key(explore::Run& run, Bank& world, const std::string& key,
                         ReceivedVerdict& canceller) {
  run.spawn("canceller", [&world, &canceller, key] {
    cancel_key(world.bank(), 1, key, bank::order_of(bank::Reason::customer),
               [&](Verdict verdict, const auto&) { canceller.receive(verdict); });
  });
}

void check_verdict(explore::Run& run, const ReceivedVerdict& canceller, const Customer& customer) {
  run.check(canceller.times == 1, "the canceller receives one verdict");
  const bool cancelled = customer.code() == "-CANCELLED";
  run.check(canceller.verdict == Verdict::cancelled || canceller.verdict == Verdict::too_late ||
                canceller.verdict == Verdict::invalid,
            "a single canceller receives CANCELLED, TOOLATE or INVALIDHANDLE");
  run.check((canceller.verdict == Verdict::cancelled) == cancelled,
            "the canceller receives CANCELLED exactly if the customer does");
}

/// Runs a deposit and a cancel of it by its handle. Returns the reply, the verdict and the class of
/// the order.
std::string a_deposit_and_a_cancel(explore::Run& run, cancel::Mechanism mechanism) {
  Bank world(run, mechanism, 1);
  const auto customer = world.ask("DEPOSIT 1 60 KEY a");
  ReceivedVerdict canceller;
  spawn_cancel_by_handle(run, world, *customer, canceller);
  run.go();
  world.check();
  return customer->reply() + ", " + std::string(name(canceller.verdict)) + ": " +
         explore::normal_form(run.steps());
}

}  // namespace

// There are too many orders to run them all. Those with two preemptions reach nearly every class;
// those with three reach every class, in a minute.
TEST_CASE("reduced exploration reaches every class that orders with few preemptions reach") {
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    CAPTURE(static_cast<int>(mechanism));
    std::set<std::string> reduced;
    std::set<std::string> bounded;
    const auto into = [mechanism](std::set<std::string>& ends) {
      return [&ends, mechanism](explore::Run& run) {
        ends.insert(a_deposit_and_a_cancel(run, mechanism));
      };
    };
    // Sets of orders that are not complete cannot be compared, so a sanitizer sees only a few.
    const std::size_t most = share > 1 ? 300 : 100'000;
    const auto all = explore::exhaustive({.most_runs = most}, into(reduced));
    const auto few = explore::exhaustive({.most_runs = most, .preemptions = 2}, into(bounded));
    MESSAGE(all.text() << ", " << reduced.size() << " classes; with few preemptions " << few.text()
                       << ", " << bounded.size() << " classes");
    CHECK_FALSE(all.failure);
    CHECK_FALSE(few.failure);
    if (share > 1) continue;
    CHECK(all.complete);
    CHECK(few.complete);
    CHECK(reduced.size() == all.runs - all.redundant);
    CHECK(10 * bounded.size() > 9 * reduced.size());
    CHECK(std::includes(reduced.begin(), reduced.end(), bounded.begin(), bounded.end()));
  }
}

TEST_CASE("of two withdrawals, one cancelled by its handle, one gets the money") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    const auto first = world.ask("WITHDRAW 1 60 KEY a");
    const auto second = world.ask("WITHDRAW 1 60 KEY b");
    ReceivedVerdict canceller;
    spawn_cancel_by_handle(run, world, *first, canceller);
    run.go();
    world.check();
    check_verdict(run, canceller, *first);
    run.check(second->code() == (first->reply() == "40" ? "-FUNDS" : "40"),
              "exactly one withdrawal gets the money");
  });
}

TEST_CASE("of two withdrawals, one cancelled by its key, the row agrees with the verdict") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    const auto first = world.ask("WITHDRAW 1 60 KEY a");
    world.ask("WITHDRAW 1 60 KEY b");
    ReceivedVerdict canceller;
    spawn_cancel_by_key(run, world, "a", canceller);
    run.go();
    world.check();
    run.check(canceller.times == 1, "the canceller receives one verdict");
    const auto row = world.ledger().key(1, "a");
    run.check(row && row->cancelled == (canceller.verdict == Verdict::cancelled),
              "the row is a tombstone exactly if the verdict is CANCELLED");
    run.check((canceller.verdict == Verdict::too_late) == (first->txn->stage() == Stage::committed),
              "the verdict is TOOLATE exactly if the request has committed");
  });
}

TEST_CASE("STATUS never reports a request as running that has been refused") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 1);
    const auto customer = world.ask("WITHDRAW 1 160 KEY a");
    run.spawn("observer", [&] {
      const bool refused = customer->txn->stage() == Stage::answered;
      const std::string status = rig::text(status_of_key(world.bank(), 1, "a"));
      run.check(status.starts_with(refused ? "{outcome: none" : "{outcome: "),
                "once the request has been refused, its key has no outcome");
    });
    run.go();
    world.check();
    run.check(customer->code() == "-FUNDS", "the account has less than that");
  });
}

TEST_CASE("STATUS never answers none for a request that was admitted before and commits") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 1);
    world.ask("WITHDRAW 1 60 KEY a");
    std::string status;
    run.spawn("asker", [&] { status = rig::text(status_of_key(world.bank(), 1, "a")); });
    run.go();
    world.check();
    run.check(!status.starts_with("{outcome: none"),
              "STATUS answers none, and the request commits");
  });
}

TEST_CASE("two requests with one key, and a cancel of it, agree on the outcome") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    const auto first = world.ask_during_run("WITHDRAW 1 60 KEY a");
    const auto second = world.ask_during_run("WITHDRAW 1 60 KEY a");
    ReceivedVerdict canceller;
    spawn_cancel_by_key(run, world, "a", canceller);
    run.go();
    world.check();
    run.check(canceller.times == 1, "the canceller receives one verdict");
    const auto row = world.ledger().key(1, "a");
    const bool stopped = canceller.verdict == Verdict::cancelled;
    run.check(row && row->cancelled == stopped,
              "the row is a tombstone exactly if the verdict is CANCELLED");
    run.check(world.ledger().account(1)->balance == (stopped ? 100 : 40),
              "the money moves once, or not at all if the verdict is CANCELLED");
    for (const auto& each : {first, second}) {
      run.check(each->code() == "-INPROGRESS" || each->code() == (stopped ? "-CANCELLED" : "40"),
                "both customers receive the same outcome");
    }
  });
}

TEST_CASE("two REVERSEs of one transfer move the money back once and get one reply") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    world.commit_before_run(ledger::Kind::transfer, 2, "t");
    const auto first = world.ask("REVERSE 1 t");
    const auto second = world.ask("REVERSE 1 t");
    run.go();
    world.check();
    run.check(first->reply() == "100", "the first REVERSE gets the balance after it");
    run.check(second->reply() == "100", "the second REVERSE gets the same reply");
    run.check(world.ledger().account(1)->balance == 100, "the money is moved back once");
  });
}

TEST_CASE("a repeat that races with a REVERSE gets the first reply or REVERSED") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    world.commit_before_run(ledger::Kind::withdraw, ledger::vault, "w");
    const auto repeat = world.ask_during_run("WITHDRAW 1 60 KEY w");
    const auto reverse = world.ask_during_run("REVERSE 1 w");
    run.go();
    world.check();
    run.check(repeat->reply() == "40" || repeat->code() == "-REVERSED",
              "the repeat gets the first reply or REVERSED");
    run.check(reverse->reply() == "100" || reverse->code() == "-INPROGRESS",
              "the REVERSE succeeds, unless the repeat has claimed the key");
  });
}

TEST_CASE("once FREEZE answers, nothing runs on the account and its balance does not change") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    world.ask_during_run("DEPOSIT 1 60 KEY a");
    world.ask_during_run("TRANSFER 2 1 10 KEY b");
    std::optional<ledger::Cents> balance;
    run.spawn("operator", [&] {
      commands::freeze(world.bank(), 1, [&](const bank::Reply& reply) {
        run.check(rig::text(reply) == "+OK", "FREEZE succeeds");
        balance = world.ledger().account(1)->balance;
      });
    });
    run.go();
    world.check();
    run.check(balance == world.ledger().account(1)->balance,
              "no money moves on the account after FREEZE has answered");
  });
}

TEST_CASE("transfers in both directions do not deadlock") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    Bank world(run, mechanism, 2);
    const auto there = world.ask("TRANSFER 1 2 100 KEY a");
    const auto back = world.ask("TRANSFER 2 1 100 KEY a");
    run.go();
    world.check();
    run.check(!there->reply().starts_with("-") && !back->reply().starts_with("-"),
              "both transfers succeed");
  });
}
