/// COMMIT itself has failed: until the next start every reply about the batch is UNKNOWN.

#include <doctest/doctest.h>

#include "server/bank/keys.hpp"
#include "server/commands/accounts.hpp"
#include "tests/bank/rig.hpp"

using ledger::CommitFailure;
using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

CommitFailure done_or_not() {
  CommitFailure how = CommitFailure::unknown_done;
  SUBCASE("done") {}
  SUBCASE("undone") {
    how = CommitFailure::unknown_undone;
  }
  return how;
}

}  // namespace

TEST_CASE("the members of a failed COMMIT get UNKNOWN, and the next start knows the outcome") {
  const CommitFailure how = done_or_not();
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    Rig rig({.mechanism = mechanism});
    rig.open_account(100);
    rig.shelf().disk().fail_commit(how);
    {
      const Asked asked = rig.start(rig::teller(), "WITHDRAW 1 5 KEY k");
      CHECK(rig::code(rig.finish(asked)) == "-UNKNOWN");
      CHECK(asked.txn->stage() == cancel::Stage::unknown);
      CHECK(rig::code(rig.outcome(1, "k")) == "-UNKNOWN");
      CHECK(rig.wait_for(rig.start_cancel(asked)) == Verdict::too_late);
    }
    CHECK(rig.unknowns() == 1);
    CHECK(rig.quiet());
    // The same once the transaction is gone.
    rig.attend_until([&] { return rig.bank().claims.find(1, "k") == nullptr; });
    CHECK(rig::code(rig.outcome(1, "k")) == "-UNKNOWN");
    CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::unknown);
    CHECK(rig::code(rig.ask("REVERSE 1 k")) == "-UNKNOWN");
    CHECK(rig::code(rig.ask("WITHDRAW 1 5 KEY k")) == "-INPROGRESS");
    rig.restart();
    const bool done = how == CommitFailure::unknown_done;
    CHECK(rig.outcome(1, "k") == (done ? "committed" : "none"));
    CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
    CHECK(rig.balance(1) == 95);
    CHECK(rig.violations() == 0);
  }
}

TEST_CASE("requests after a failed COMMIT get STORE and are never stored") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.open_account(100);
  rig.open_account(100);
  rig.shelf().disk().fail_commit(how);
  rig.ask("WITHDRAW 1 5 KEY k");
  CHECK(rig::code(rig.ask("DEPOSIT 2 5 KEY l")) == "-STORE");
  CHECK(rig::text(commands::unfreeze(rig.bank(), 2)).starts_with("-STORE"));
  CHECK(rig.unknowns() == 1);
  rig.restart();
  CHECK(rig.outcome(2, "l") == "none");
  CHECK(rig.balance(2) == 100);
}

TEST_CASE("a reply that rests on a row of the same failed COMMIT is UNKNOWN, too") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.open_account(100);
  rig.open_account(100);
  rig.gate().shut();
  const Asked leader = rig.start(rig::teller(), "DEPOSIT 2 5");
  rig.attend_until([&] { return rig.gate().waited_at(); });
  // In one batch: a request, and the tombstone of another with the same key, which finds a row
  // that is not committed yet.
  const Asked first = rig.start(rig::teller(), "WITHDRAW 1 5 KEY k");
  rig.attend_until_committing(2);
  rig.bank().claims.release(1, "k");
  const Asked second = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::checked);
  const auto told = rig.start_cancel(second);
  rig.attend_until_committing(3);
  rig.shelf().disk().fail_commit(how, 1);
  rig.gate().open();
  CHECK(rig.finish(leader) == "105");
  CHECK(rig::code(rig.finish(first)) == "-UNKNOWN");
  CHECK(rig.wait_for(told) == Verdict::unknown);
  CHECK(rig::code(rig.finish(second)) == "-UNKNOWN");
}

TEST_CASE("a tombstone whose COMMIT failed gives UNKNOWN to its canceller and to STATUS") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.open_account(100);
  const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  rig.shelf().disk().fail_commit(how);
  CHECK(rig.wait_for(rig.start_cancel(asked)) == Verdict::unknown);
  CHECK(rig::code(rig.finish(asked)) == "-UNKNOWN");
  CHECK(rig::code(rig.outcome(1, "k")) == "-UNKNOWN");
  CHECK(rig.wait_for(rig.start_cancel(asked)) == Verdict::unknown);
  rig.restart();
  CHECK(rig.outcome(1, "k") == (how == CommitFailure::unknown_done ? "cancelled" : "none"));
  CHECK(rig.balance(1) == 100);
}
