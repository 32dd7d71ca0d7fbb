/// Waiting for an account: in turn, and cancellable.

#include <doctest/doctest.h>

#include "server/commands/txn.hpp"
#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a request that waits for an account can be cancelled; the others get it in turn") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  const Asked owner = rig.start_held(rig::teller(), "WITHDRAW 1 1 KEY a", Point::locked);
  const Asked second = rig.start(rig::teller(), "WITHDRAW 1 2 KEY b");
  rig.attend_until_waiting(second, "lock");
  const Asked third = rig.start(rig::teller(), "WITHDRAW 1 4 KEY c");
  rig.attend_until_waiting(third, "lock");
  CHECK(contains(rig::text(commands::list(rig.bank())), "waiting: lock 1"));
  CHECK(rig.wait_for(rig.start_cancel(second)) == Verdict::cancelled);
  CHECK(rig.finish(second) == "-CANCELLED txn " + second.handle() + " by operator at lock-wait");
  CHECK(rig.bank().accounts.held() == 1);
  CHECK_FALSE(third.reply());
  owner.txn->resume();
  CHECK(rig.finish(owner) == "99");
  CHECK(rig.finish(third) == "95");
  CHECK(rig.quiet());
}

TEST_CASE("a cancelled transfer that waits for its second account releases the first") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const Asked owner = rig.start_held(rig::teller(), "BALANCE 2", Point::locked);
  const Asked waits = rig.start(rig::teller(), "TRANSFER 2 1 5");
  rig.attend_until_waiting(waits, "lock");
  CHECK(rig.bank().accounts.held() == 2);
  const Asked behind = rig.start(rig::teller(), "DEPOSIT 1 1");
  rig.attend_until_waiting(behind, "lock");
  rig.wait_for(rig.start_cancel(waits));
  rig.finish(waits);
  CHECK(rig.finish(behind) == "101");
  owner.txn->resume();
  CHECK(rig.finish(owner) == "100");
  CHECK(rig.quiet());
}

TEST_CASE("a request that holds an account does not delay other accounts") {
  Rig rig(rig::each_mechanism());
  for (int i = 0; i < 3; ++i) rig.open_account(100);
  const Asked held = rig.start_held(rig::teller(), "TRANSFER 1 2 5", Point::modified);
  CHECK(rig.ask("DEPOSIT 3 5") == "105");
  CHECK(rig.ask("HISTORY 1").starts_with("["));
  held.txn->resume();
  CHECK(rig.finish(held) == "95");
}

TEST_CASE("a request held just before its commit does not delay other commits") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const Asked held = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::committing);
  CHECK(rig.ask("DEPOSIT 2 5") == "105");
  held.txn->resume();
  CHECK(rig.finish(held) == "105");
}
