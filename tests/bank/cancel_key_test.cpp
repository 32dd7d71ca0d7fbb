/// CANCEL by key: afterwards the key has a tombstone, or its request had passed the point of no
/// return.

#include <doctest/doctest.h>

#include "server/bank/keys.hpp"
#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

TEST_CASE("a request whose key was cancelled before it arrived never runs") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::cancelled);
  CHECK(rig.outcome(1, "k") == "cancelled");
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "-CANCELLED key k was cancelled");
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::already);
  rig.restart();
  CHECK(rig.outcome(1, "k") == "cancelled");
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "-CANCELLED key k was cancelled");
  CHECK(rig.wait_for(rig.start_cancel_key(0, "c")) == Verdict::cancelled);
  CHECK(rig.ask("CREATE 1234 KEY c") == "-CANCELLED key c was cancelled");
  CHECK(rig.balance(2) == -1);
}

TEST_CASE("a request that is queued, waiting or held is stopped by a cancel of its key") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  for (const auto& description : bank::point_descriptions) {
    const auto writes = bank::set_of(bank::Operation::withdraw);
    if (!description.cancellable || (description.passed_by & writes) == 0) continue;
    CAPTURE(description.name);
    const std::string key = "k-" + std::string(description.name);
    const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY " + key, description.point);
    CHECK(rig.outcome(1, key) == "running");
    CHECK(rig.wait_for(rig.start_cancel_key(1, key)) == Verdict::cancelled);
    CHECK(rig.finish(asked) ==
          "-CANCELLED txn " + asked.handle() + " by customer at " + std::string(description.name));
    CHECK(rig.outcome(1, key) == "cancelled");
    CHECK(rig.wait_for(rig.start_cancel_key(1, key)) == Verdict::already);
  }
  const Asked owner = rig.start_held(rig::teller(), "BALANCE 1", Point::locked);
  const Asked waits = rig.start(rig::teller(), "WITHDRAW 1 5 KEY w");
  rig.attend_until_waiting(waits, "lock");
  CHECK(rig.wait_for(rig.start_cancel_key(1, "w")) == Verdict::cancelled);
  CHECK(rig.finish(waits) == "-CANCELLED txn " + waits.handle() + " by customer at lock-wait");
  CHECK(rig.balance(1) == 100);
}

TEST_CASE("a cancel of a repeat leaves the key to the store, which decides") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  const Asked first = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  Asked again = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::answering);
  CHECK(rig.wait_for(rig.start_cancel_handle(again.handle())) == Verdict::cancelled);
  CHECK(rig.finish(again) == "-CANCELLED txn " + again.handle() + " by operator at answering");
  CHECK(rig.outcome(1, "k") == "cancelled");
  first.txn->resume();
  CHECK(rig.finish(first) == "-CANCELLED key k was cancelled");
  CHECK(rig.balance(1) == 100);

  const Asked committed = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY l", Point::committed);
  again = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY l", Point::answering);
  CHECK(rig.wait_for(rig.start_cancel_handle(again.handle())) == Verdict::too_late);
  CHECK(rig.finish(again) == "95");
  committed.txn->resume();
  CHECK(rig.finish(committed) == "95");
}

TEST_CASE("a request queued behind others is stopped although it has no thread") {
  rig::Options options = rig::each_store_and_mechanism();
  options.workers.most = 1;
  Rig rig(options);
  rig.open_account(100);
  const Asked busy = rig.start_held(rig::teller(), "BALANCE 1", Point::checked);
  const Asked queued = rig.start(rig::teller(), "WITHDRAW 1 5 KEY k");
  CHECK(rig.workers().counts().queued == 1);
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::cancelled);
  CHECK(rig.finish(queued) == "-CANCELLED txn " + queued.handle() + " by customer at queued");
  CHECK(rig.outcome(1, "k") == "cancelled");
}

TEST_CASE("a cancel of the key of a request that commits or has committed gets TOOLATE") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  for (const Point point : {Point::committing, Point::ordered, Point::unlocked, Point::committed}) {
    CAPTURE(bank::describe(point).name);
    const std::string key = "k-" + std::string(bank::describe(point).name);
    const Asked asked = rig.start_held(rig::teller(), "DEPOSIT 1 5 KEY " + key, point);
    // At the points in between the change may be durable already.
    if (point == Point::committing) CHECK(rig.outcome(1, key) == "running");
    if (point == Point::committed) CHECK(rig.outcome(1, key) == "committed");
    CHECK(rig.wait_for(rig.start_cancel_key(1, key)) == Verdict::too_late);
    asked.txn->resume();
    rig.finish(asked);
    CHECK(rig.outcome(1, key) == "committed");
    CHECK(rig.wait_for(rig.start_cancel_key(1, key)) == Verdict::too_late);
  }
  CHECK(rig.balance(1) == 120);
}

TEST_CASE(
    "of one that was refused or stopped without a trace: the tombstone is written all the same") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  CHECK(rig::code(rig.ask("WITHDRAW 1 500 KEY refused")) == "-FUNDS");
  CHECK(rig.wait_for(rig.start_cancel_key(1, "refused")) == Verdict::cancelled);
  CHECK(rig.outcome(1, "refused") == "cancelled");

  // The deadline has won already, and the request is being unwound.
  const Asked late = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY late", Point::modified);
  const auto deadline = rig.start_cancel(late, rig::Reason::deadline);
  const auto customer = rig.start_cancel_key(1, "late");
  CHECK(rig.wait_for(deadline) == Verdict::cancelled);
  CHECK(rig.wait_for(customer) == Verdict::cancelled);
  CHECK(rig::code(rig.finish(late)) == "-DEADLINE");
  CHECK(rig.outcome(1, "late") == "cancelled");
  CHECK(rig.balance(1) == 100);
}

TEST_CASE("a cancel of the key of a refused request writes the tombstone all the same") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked told = rig.start_held(rig::teller(), "WITHDRAW 1 500 KEY k", Point::replied);
  CHECK(rig::code(*told.reply()) == "-FUNDS");
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::cancelled);
  told.txn->resume();
  rig.finish(told);
  CHECK(rig.outcome(1, "k") == "cancelled");
}

TEST_CASE("of many cancels of one key one gets CANCELLED, the others ALREADY") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  for (const bool running : {false, true}) {
    const std::string key = running ? "running" : "none";
    std::optional<Asked> asked;
    if (running) {
      asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY " + key, Point::modified);
    }
    std::vector<Rig::ToldRef> told;
    for (int i = 0; i < 8; ++i) told.push_back(rig.start_cancel_key(1, key));
    int winners = 0;
    int others = 0;
    for (const auto& each : told) {
      const Verdict verdict = rig.wait_for(each);
      winners += verdict == Verdict::cancelled ? 1 : 0;
      others += verdict == Verdict::already ? 1 : 0;
    }
    CHECK(winners == 1);
    CHECK(others == 7);
    if (asked) CHECK(rig::code(rig.finish(*asked)) == "-CANCELLED");
  }
  CHECK(rig.balance(1) == 100);
}

TEST_CASE(
    "no verdict is given before the tombstone is durable, and the key stays claimed until then") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  rig.gate().shut();
  const auto winner = rig.start_cancel(asked);
  rig.attend_until([&] { return rig.gate().waited_at(); });
  const auto later = rig.start_cancel(asked);
  CHECK(winner->times.load() == 0);
  CHECK(later->times.load() == 0);
  CHECK_FALSE(asked.reply());
  CHECK(rig.outcome(1, "k") == "running");
  CHECK(rig.bank().accounts.held() == 0);
  CHECK(rig::code(rig.ask("WITHDRAW 1 5 KEY k")) == "-INPROGRESS");
  rig.gate().open();
  CHECK(rig.wait_for(winner) == Verdict::cancelled);
  CHECK(rig.wait_for(later) == Verdict::already);
  CHECK(rig::code(rig.finish(asked)) == "-CANCELLED");
}

TEST_CASE("a tombstone that cannot be written gives every canceller UNKNOWN and moves no money") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  rig.gate().shut();
  const auto winner = rig.start_cancel(asked);
  rig.attend_until([&] { return rig.gate().waited_at(); });
  const auto later = rig.start_cancel(asked);
  rig.shelf().disk().fail_store();
  rig.gate().open();
  CHECK(rig.wait_for(winner) == Verdict::unknown);
  CHECK(rig.wait_for(later) == Verdict::unknown);
  CHECK(rig::code(rig.finish(asked)) == "-UNKNOWN");
  CHECK(rig.balance(1) == 100);
  CHECK(rig.quiet());
  rig.shelf().disk().fail_store();
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::unknown);
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::cancelled);
}

TEST_CASE("a cancel and a request that race for a key agree on which was first") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(1000);
  ledger::Cents left = 1000;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "k" + std::to_string(i);
    const auto told = rig.start_cancel_key(1, key);
    const std::string reply = rig.ask("WITHDRAW 1 1 KEY " + key);
    const Verdict verdict = rig.wait_for(told);
    CAPTURE(reply);
    CHECK((verdict == Verdict::cancelled || verdict == Verdict::too_late));
    CHECK((verdict == Verdict::cancelled) == reply.starts_with("-CANCELLED"));
    if (verdict == Verdict::too_late) --left;
    CHECK(rig.outcome(1, key) == (verdict == Verdict::too_late ? "committed" : "cancelled"));
  }
  CHECK(rig.balance(1) == left);
}

TEST_CASE("STATUS reports the row of the key") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account(100);
  rig.ask("TRANSFER 1 2 30 KEY t");
  rig.ask("CREATE 1234 BALANCE 7 KEY c");
  const auto status = [&](ledger::AccountId account, const std::string& key) {
    const std::string all = rig::text(status_of_key(rig.bank(), account, key));
    return all.substr(0, all.find(", time: "));
  };
  CHECK(status(1, "t") == "{outcome: committed, id: 3, kind: transfer, amount: 30, balance: 70");
  CHECK(status(0, "c") == "{outcome: committed, id: 4, kind: create, amount: 7, balance: 7");
  CHECK(status(1, "none") == "{outcome: none, id: 0, kind: , amount: 0, balance: 0");
  const Asked asked = rig.start_held(rig::teller(), "DEPOSIT 1 4 KEY r", Point::retrieved);
  CHECK(status(1, "r") == "{outcome: running, id: 0, kind: deposit, amount: 4, balance: 0");
}
