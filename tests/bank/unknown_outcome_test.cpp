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
    rig.attend_until([&] { return rig.bank().keys.find(1, "k") == nullptr; });
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

TEST_CASE("after a failed COMMIT it is unknown which accounts exist") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.shelf().disk().fail_commit(how);
  CHECK(rig::code(rig.ask("CREATE 1234 BALANCE 5 KEY c")) == "-UNKNOWN");
  for (const char* command : {"BALANCE 1", "DEPOSIT 1 5", "HISTORY 1", "REVERSE 1 k"}) {
    CHECK_MESSAGE(rig::code(rig.ask(command)) == "-UNKNOWN", command);
  }
  CHECK(rig::text(commands::unfreeze(rig.bank(), 1)).starts_with("-UNKNOWN"));
  rig.restart();
  const bool done = how == CommitFailure::unknown_done;
  CHECK(rig.ask("BALANCE 1") == (done ? "5" : "-NOACCOUNT there is no account 1"));
}

TEST_CASE("a reply that rests on a row of the same failed COMMIT is UNKNOWN, too") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.open_account(100);
  rig.open_account(100);
  const Asked leader = rig.start_at_gate("DEPOSIT 2 5");
  // A repeat is cancelled, and its tombstone finds the row of the first request, which is ordered.
  const Asked first = rig.start(rig::teller(), "WITHDRAW 1 5 KEY k");
  rig.attend_until_committing(2);
  const Asked second = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::answering);
  const auto told = rig.start_cancel(second);
  rig.attend_until_waiting(second, "commit");
  rig.shelf().disk().fail_commit(how, 1);
  rig.gate().open();
  CHECK(rig.finish(leader) == "105");
  CHECK(rig::code(rig.finish(first)) == "-UNKNOWN");
  CHECK(rig.wait_for(told) == Verdict::unknown);
  CHECK(rig::code(rig.finish(second)) == "-UNKNOWN");
}

TEST_CASE("a balance that was changed again after the failed COMMIT is UNKNOWN, too") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.open_account(100);
  const Asked first = rig.start_at_gate("DEPOSIT 1 50");
  const Asked second = rig.start(rig::teller(), "DEPOSIT 1 1 KEY k");
  rig.attend_until_committing(2);
  const Asked reader = rig.start_held(rig::teller(), "BALANCE 1", Point::checked);
  rig.shelf().disk().fail_commit(how);
  rig.gate().open();
  CHECK(rig::code(rig.finish(first)) == "-UNKNOWN");
  CHECK_MESSAGE(rig::code(rig.finish(second)) == "-STORE", "nothing of it was stored");
  CHECK(second.txn->stage() == cancel::Stage::answered);
  reader.txn->resume();
  CHECK(rig::code(rig.finish(reader)) == "-UNKNOWN");
}

TEST_CASE("histories and repeats that a failed COMMIT may have changed are UNKNOWN") {
  const CommitFailure how = done_or_not();
  Rig rig;
  rig.open_account(100);
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY k");
  rig.ask("DEPOSIT 2 5 KEY l");
  rig.shelf().disk().fail_commit(how);
  CHECK(rig::code(rig.ask("REVERSE 1 k")) == "-UNKNOWN");
  CHECK(rig::code(rig.ask("HISTORY 1")) == "-UNKNOWN");
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-UNKNOWN");
  CHECK(rig::code(rig.outcome(1, "k")) == "-UNKNOWN");
  CHECK_MESSAGE(rig.outcome(2, "l") == "committed", "nothing changed the account");
  CHECK(rig.ask("DEPOSIT 2 5 KEY l") == "105");
  CHECK(rig::code(rig.ask("HISTORY 2")) != "-UNKNOWN");
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
