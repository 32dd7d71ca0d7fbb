/// Commits: a worker does not wait for the disk, and no reply is sent before what it rests on is
/// durable.

#include "server/bank/committer.hpp"

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

rig::Options service(rig::Options options) {
  options.teaching = false;
  return options;
}

}  // namespace

TEST_CASE("requests on one account order their changes while the disk syncs, and share a commit") {
  for (const bool teaching : {false, true}) {
    CAPTURE(teaching);
    rig::Options options = rig::each_store_and_mechanism();
    options.teaching = teaching;
    Rig rig(options);
    rig.open_account(100);
    const Asked first = rig.start_at_gate("DEPOSIT 1 1");
    const int begun = rig.gate().begun();
    const std::int64_t batches = rig.bank().commits.batches();
    std::vector<Asked> others;
    for (std::size_t i = 0; i < 4; ++i) {
      others.push_back(rig.start(rig::teller(), "DEPOSIT 1 1"));
      rig.attend_until_committing(i + 2);
      CHECK_FALSE(others.back().reply());
    }
    CHECK(rig.balance(1) == 100);
    rig.gate().open();
    CHECK(rig.finish(first) == "101");
    for (int i = 0; i < 4; ++i) {
      CHECK(rig.finish(others[static_cast<std::size_t>(i)]) == std::to_string(102 + i));
    }
    CHECK(rig.gate().begun() == begun + 2);
    CHECK(rig.bank().commits.batches() == batches + 2);
    CHECK(rig.violations() == 0);
  }
}

TEST_CASE("in service the worker that ordered a change commits it, without another thread") {
  Rig rig(service(rig::each_mechanism()));
  rig.open_account(100);
  const Asked asked = rig.start_at_gate("DEPOSIT 1 5");
  CHECK_MESSAGE(rig.leaders_are_idle(), "another thread commits");
  rig.gate().open();
  CHECK(rig.finish(asked) == "105");
}

TEST_CASE("no reply of any kind is sent before the change that it rests on is durable") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked writer = rig.start_at_gate("WITHDRAW 1 60 KEY k");
  CHECK(rig.bank().accounts.held() == 0);
  CHECK(rig.outcome(1, "k") == "running");
  const Asked reader = rig.start(rig::teller(), "BALANCE 1");
  const Asked refused = rig.start(rig::teller(), "WITHDRAW 1 60 KEY l");
  for (const Asked* each : {&reader, &refused}) {
    const Asked& asked = *each;
    rig.attend_until_waiting(asked, "commit");
    CHECK_FALSE(asked.reply());
    CHECK_MESSAGE(rig.wait_for(rig.start_cancel(asked)) == Verdict::too_late,
                  "a reply that is sealed can be cancelled");
  }
  CHECK_FALSE(writer.reply());
  rig.gate().open();
  CHECK(rig.finish(writer) == "40");
  CHECK(rig.finish(reader) == "40");
  CHECK(rig::code(rig.finish(refused)) == "-FUNDS");
}

TEST_CASE("a request whose key has a tombstone that is not durable waits for it") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.gate().shut();
  const auto told = rig.start_cancel_key(1, "k");
  rig.attend_until([&] { return rig.gate().waited_at(); });
  CHECK(rig.outcome(1, "k") == "none");
  const Asked asked = rig.start(rig::teller(), "WITHDRAW 1 5 KEY k");
  rig.attend_until_waiting(asked, "commit");
  CHECK_FALSE(asked.reply());
  CHECK(told->times.load() == 0);
  rig.gate().open();
  CHECK(rig.wait_for(told) == Verdict::cancelled);
  CHECK(rig.finish(asked) == "-CANCELLED key k was cancelled");
  CHECK(rig.balance(1) == 100);
}

TEST_CASE("the verdict of a cancel by key waits for the row that it found") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked first = rig.start_at_gate("WITHDRAW 1 5 KEY k");
  const Asked repeat = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::answering);
  const auto told = rig.start_cancel(repeat);
  rig.attend_until_waiting(repeat, "commit");
  CHECK(told->times.load() == 0);
  rig.gate().open();
  CHECK(rig.wait_for(told) == Verdict::too_late);
  CHECK(rig.finish(repeat) == "95");
  CHECK(rig.finish(first) == "95");
}

TEST_CASE("a balance that is durable is sent at once, whatever else commits") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const Asked writer = rig.start_at_gate("DEPOSIT 1 5");
  CHECK(rig.ask("BALANCE 2") == "100");
  CHECK(rig.ask("HISTORY 1").find("amount: 5,") == std::string::npos);
  rig.gate().open();
  CHECK(rig.finish(writer) == "105");
}

TEST_CASE(
    "a request held while its change is in the order delays neither that commit nor another") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  for (const Point point : {Point::ordered, Point::unlocked}) {
    CAPTURE(bank::describe(point).name);
    const ledger::Cents had = rig.balance(1);
    const Asked held = rig.start_held(rig::teller(), "DEPOSIT 1 5", point);
    rig.attend_until([&] { return rig.balance(1) == had + 5; });
    CHECK_FALSE(held.reply());
    CHECK(rig.bank().accounts.held() == (point == Point::ordered ? 1 : 0));
    rig.ask("DEPOSIT 2 5");
    held.txn->resume();
    CHECK(rig.finish(held) == std::to_string(had + 5));
  }
  CHECK(rig.balance(2) == 110);
}

TEST_CASE("a request held once its change is durable needs no worker, and keeps its entries") {
  rig::Options options = rig::each_mechanism();
  options.workers.most = 1;
  Rig rig(options);
  rig.open_account(100);
  const Asked held = rig.start_held(rig::teller(), "DEPOSIT 1 5 KEY k", Point::committed);
  CHECK(held.txn->stage() == cancel::Stage::committed);
  CHECK_FALSE(held.reply());
  const auto entries = held.txn->view().cleanup;
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].what == "free request buffer");
  CHECK(entries[1].what == "finish request");
  CHECK_MESSAGE(rig.ask("BALANCE 1") == "105", "the only worker is free");
  CHECK(held.txn->step());
  CHECK(held.reply() == "105");
  CHECK(held.txn->view().held);
  CHECK(held.txn->view().point == static_cast<cancel::PointIndex>(Point::replied));
  CHECK(rig.ask("BALANCE 1") == "105");
  CHECK(held.txn->resume());
  CHECK(rig.quiet());
  CHECK(held.inbox->replies() == 1);
}

TEST_CASE("a second REVERSE waits until the first is durable, and gets its reply") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY d");
  const Asked first = rig.start_at_gate("REVERSE 1 d");
  const Asked second = rig.start(rig::teller(), "REVERSE 1 d");
  rig.attend_until_waiting(second, "commit");
  rig.gate().open();
  CHECK(rig.finish(first) == "100");
  CHECK(rig.finish(second) == "100");
  CHECK(rig.balance(1) == 100);
}

TEST_CASE("a cancel of a REVERSE that waits for the disk is not kept waiting") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY d");
  const Asked first = rig.start_at_gate("DEPOSIT 1 1");
  const Asked asked = rig.start(rig::teller(), "REVERSE 1 d");
  rig.attend_until_waiting(asked, "commit");
  CHECK(rig.wait_for(rig.start_cancel(asked)) == Verdict::cancelled);
  CHECK(rig::code(rig.finish(asked)) == "-CANCELLED");
  CHECK(rig.bank().accounts.held() == 0);
  CHECK_FALSE(first.reply());
  rig.gate().open();
  CHECK(rig.finish(first) == "106");
}

TEST_CASE("a leader hands over after a bounded number of batches, however much is ordered") {
  rig::Shelf shelf(rig::Store::memory);
  int handed_over = 0;
  bank::Committer commits(shelf.ledger(),
                          {[] {}, [](const std::string&) {}, [&](const auto&) { ++handed_over; }});
  int left = 100;  // each batch, while it is written, has the next one ordered
  const std::function<void(ledger::UnitOfWork&)> again = [&](ledger::UnitOfWork&) {
    if (--left > 0) commits.order({}, again, {});
  };
  commits.order({}, again, {});
  commits.lead();
  CHECK(commits.batches() == bank::Committer::most_in_a_row);
  CHECK_MESSAGE(handed_over == 1, "changes are left that no thread commits");
  while (commits.waiting() > 0) commits.lead();
  CHECK(left == 0);
}

TEST_CASE(
    "a leader goes on at once if there are many replies to send, which another thread sends") {
  using bank::Committer;
  rig::Shelf shelf(rig::Store::memory);
  std::vector<std::function<void()>> elsewhere;
  Committer commits(shelf.ledger(), {[] {}, [](const std::string&) {},
                                     [&](auto job) { elsewhere.push_back(std::move(job)); }});
  const auto nothing = [](ledger::UnitOfWork&) {};
  for (const std::size_t replies : {Committer::most_before_next, Committer::most_before_next + 1}) {
    CAPTURE(replies);
    std::size_t sent = 0;
    bank::RestsOn rests_on;
    // While this batch is written, the next one is ordered.
    const auto more = [&](ledger::UnitOfWork&) { commits.order({}, nothing, {}); };
    rests_on.add(commits.order({}, more, {}).batch);
    for (std::size_t i = 0; i < replies; ++i) commits.when_decided(rests_on, [&] { ++sent; });
    commits.lead();
    CHECK_MESSAGE(commits.waiting() == 0, "changes are left that no thread commits");
    const bool many = replies > Committer::most_before_next;
    CHECK_MESSAGE(sent == (many ? 0 : replies), "the next batch waits until every reply is sent");
    for (const auto& job : elsewhere) job();
    CHECK_MESSAGE(sent == replies, "a reply is lost or sent twice");
    elsewhere.clear();
  }
}

TEST_CASE("a change that finds the order full waits for what is there, and is ordered then") {
  rig::Shelf shelf(rig::Store::memory);
  bank::Committer commits(shelf.ledger(), {[] {}, [](const std::string&) {}, [](const auto&) {}});
  const auto nothing = [](ledger::UnitOfWork&) {};
  for (std::size_t i = 0; i < bank::CommitOrder::most; ++i) commits.order({}, nothing, {});
  CHECK_FALSE(commits.order({}, nothing, {}).is_full);
  CHECK(commits.commits() == static_cast<std::int64_t>(bank::CommitOrder::most));
  CHECK(commits.waiting() == 1);
}

TEST_CASE("blocking callers commit for themselves and hand over what is left") {
  Rig rig(service(rig::each_mechanism()));
  rig.open_account(100);
  rig.gate().shut();
  std::vector<Rig::ToldRef> told;
  for (std::size_t i = 0; i < 8; ++i) {
    told.push_back(rig.start_cancel_key(1, "k" + std::to_string(i)));
    rig.attend_until_committing(i + 1);
  }
  const Asked asked = rig.start(rig::teller(), "DEPOSIT 1 5");
  rig.attend_until_committing(told.size() + 1);
  rig.gate().open();
  for (const auto& each : told) CHECK(rig.wait_for(each) == Verdict::cancelled);
  CHECK(rig.finish(asked) == "105");
}
