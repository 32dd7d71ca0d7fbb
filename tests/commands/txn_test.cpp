// TXN: the list of transactions in flight, stepping, and the operator's cancels.

#include "server/commands/txn.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "server/commands/verdict.hpp"
#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string show(Rig& rig, const Asked& asked) {
  return rig::text(commands::show(rig.bank(), asked.handle()));
}

std::string step(Rig& rig, const Asked& asked) {
  return rig::code(rig::text(commands::step(rig.bank(), asked.handle())));
}

std::string resume(Rig& rig, const Asked& asked) {
  return rig::code(rig::text(commands::resume(rig.bank(), asked.handle())));
}

}  // namespace

TEST_CASE("TXN SHOW has the transaction's point, its locks and its cleanup stack") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const Asked asked = rig.start_held(rig::customer(2), "TRANSFER 2 1 5 KEY k", Point::modified);
  const std::string all = show(rig, asked);
  CHECK(all.starts_with("{handle: " + asked.handle() +
                        ", op: transfer, account: 2, to: 1, key: k, client: 7, user: 2, "
                        "stage: running, point: modified, waiting: hold, "
                        "cancelability: enabled, age_us: "));
  CHECK(contains(all,
                 "locks: [2, 1], cleanup: [unlock account 2, unlock account 1, "
                 "free request buffer, finish request], passed: [queued, started, checked, "
                 "lock-wait, locked, lock-wait, locked, retrieved, authorized, modified], "
                 "passed_us: ["));
  const std::string listed = rig::text(commands::list(rig.bank()));
  CHECK(contains(listed, "[{handle: " + asked.handle()));
  CHECK_FALSE(contains(listed, "cleanup"));
  CHECK(step(rig, asked) == "+OK");
  rig.attend_until_held(asked, Point::committing);
  CHECK(contains(show(rig, asked),
                 "stage: committing, point: committing, waiting: hold, "
                 "cancelability: disabled"));
  CHECK(resume(rig, asked) == "+OK");
  CHECK(rig.finish(asked) == "95");
  CHECK(rig::code(show(rig, asked)) == "-INVALIDHANDLE");
  CHECK(step(rig, asked) == "-INVALIDHANDLE");
  CHECK(rig::text(commands::list(rig.bank())) == "[]");
}

TEST_CASE("STEP takes a transaction through every point of its operation") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::queued);
  for (const auto& description : bank::point_descriptions) {
    if ((description.passed_by & bank::set_of(bank::Operation::deposit)) == 0) continue;
    CAPTURE(description.name);
    rig.attend_until_held(asked, description.point);
    CHECK(step(rig, asked) == "+OK");
  }
  CHECK(rig.finish(asked) == "105");
}

TEST_CASE("STEP and RESUME refuse a transaction that is not held") {
  Rig rig;
  rig.open_account(100);
  const Asked owner = rig.start_held(rig::teller(), "BALANCE 1", Point::locked);
  const Asked waits = rig.start(rig::teller(), "DEPOSIT 1 5");
  rig.attend_until_waiting(waits, "lock");
  CHECK(step(rig, waits) == "-ERR");
  CHECK(resume(rig, waits) == "-ERR");
  CHECK(resume(rig, owner) == "+OK");
  CHECK(rig.finish(waits) == "105");
}

TEST_CASE("CANCELALL cancels all transactions, or those of one account, and counts them") {
  Rig rig(rig::each_mechanism());
  for (int i = 0; i < 3; ++i) rig.open_account(100);
  const Asked to = rig.start_held(rig::teller(), "TRANSFER 1 2 5 KEY k", Point::modified);
  const Asked own = rig.start_held(rig::teller(), "HISTORY 2", Point::retrieved);
  const Asked late = rig.start_held(rig::teller(), "DEPOSIT 3 5", Point::committing);
  const Asked other = rig.start_held(rig::teller(), "HISTORY 3", Point::retrieved);
  seam::Atomic<std::int64_t> verdicts(0);
  const auto cancel_all = [&](std::optional<ledger::AccountId> account) {
    const auto stopped = std::make_shared<seam::Atomic<std::int64_t>>(-1);
    commands::cancel_all(
        rig.bank(), account, bank::order_of(rig::Reason::operator_, "enough"),
        [&verdicts](cancel::Verdict, const auto&) { verdicts.add(1); },
        [stopped](std::int64_t count) { stopped->store(count); });
    rig.attend_until([&] { return stopped->load() >= 0; });
    return stopped->load();
  };
  CHECK(cancel_all(2) == 2);
  CHECK_MESSAGE(verdicts.load() == 2, "each of the two has a verdict");
  CHECK(rig.finish(to) == "-CANCELLED txn " + to.handle() + " by operator at modified: enough");
  CHECK(rig::code(rig.finish(own)) == "-CANCELLED");
  CHECK(rig.outcome(1, "k") == "cancelled");
  CHECK_FALSE(other.reply());
  CHECK(cancel_all(std::nullopt) == 1);
  CHECK_MESSAGE(verdicts.load() == 4, "a request that was too late to cancel has a verdict, too");
  CHECK(rig::code(rig.finish(other)) == "-CANCELLED");
  late.txn->resume();
  CHECK(rig.finish(late) == "105");
  CHECK(cancel_all(std::nullopt) == 0);
}

TEST_CASE("the youngest transaction comes first, so that no waiter gets a mutex by a cancel") {
  Rig rig;
  for (int i = 0; i < 2; ++i) rig.open_account(100);
  std::vector<Asked> asked;
  for (const char* command : {"HISTORY 1", "HISTORY 2", "TRANSFER 2 1 5"}) {
    asked.push_back(rig.start_held(rig::teller(), command, Point::checked));
  }
  const auto order = [&](std::optional<ledger::AccountId> account) {
    std::vector<std::string> handles;
    commands::for_each_youngest_first(rig.bank(), account,
                                      [&](const std::shared_ptr<bank::Transaction>& txn) {
                                        handles.push_back(to_string(txn->handle()));
                                      });
    return handles;
  };
  CHECK(order(std::nullopt) ==
        std::vector{asked[2].handle(), asked[1].handle(), asked[0].handle()});
  CHECK(order(1) == std::vector{asked[2].handle(), asked[0].handle()});
}

TEST_CASE("each verdict has its reply") {
  using cancel::Verdict;
  const auto reply = [](Verdict verdict) { return rig::text(commands::verdict_reply(verdict)); };
  CHECK(reply(Verdict::cancelled) == "+CANCELLED");
  CHECK(reply(Verdict::already) == "+ALREADY");
  CHECK(reply(Verdict::too_late) == "+TOOLATE");
  CHECK(rig::code(reply(Verdict::invalid)) == "-INVALIDHANDLE");
  CHECK(rig::code(reply(Verdict::unknown)) == "-UNKNOWN");
}
