/// The store refuses a batch: everything that rests on it is refused, no reply was sent before, and
/// all of it can be tried again.

#include <doctest/doctest.h>

#include "server/bank/login.hpp"
#include "server/commands/accounts.hpp"
#include "tests/bank/rig.hpp"

using ledger::CommitFailure;
using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

/// Lets the batch at the gate fail before its COMMIT.
void refuse(Rig& rig) {
  rig.shelf().disk().fail_commit(CommitFailure::refused);
  rig.gate().open();
}

}  // namespace

TEST_CASE("a refused batch takes with it every change and every reply that was built on it") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const Asked first = rig.start_at_gate("WITHDRAW 1 60 KEY a");
  const Asked dependent = rig.start(rig::teller(), "TRANSFER 1 2 40 KEY b");
  rig.attend_until_committing(2);
  const Asked reader = rig.start(rig::teller(), "BALANCE 2");
  const Asked refused = rig.start(rig::teller(), "WITHDRAW 1 1");
  for (const Asked* each : {&reader, &refused}) rig.attend_until_waiting(*each, "commit");
  refuse(rig);
  for (const Asked* each : {&first, &dependent, &reader, &refused}) {
    const Asked& asked = *each;
    CHECK(rig.finish(asked).starts_with("-STORE nothing was changed"));
    CHECK(asked.txn->stage() == cancel::Stage::answered);
  }
  CHECK(rig.outcome(1, "a") == "none");
  CHECK(rig.ask("BALANCE 1") == "100");
  CHECK(rig.ask("WITHDRAW 1 60 KEY a") == "40");
  CHECK(rig.ask("TRANSFER 1 2 40 KEY b") == "0");
  CHECK(rig.ask("BALANCE 2") == "140");
  CHECK(rig.unknowns() == 0);
  CHECK(rig.violations() == 0);
}

TEST_CASE("a request that has read a revoked balance is refused when it orders or seals") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  for (const char* command : {"WITHDRAW 1 10 KEY b", "BALANCE 1", "WITHDRAW 1 50"}) {
    CAPTURE(command);
    const Asked first = rig.start_at_gate("WITHDRAW 1 60");
    const Asked running = rig.start_held(rig::teller(), command, Point::retrieved);
    refuse(rig);
    CHECK(rig::code(rig.finish(first)) == "-STORE");
    CHECK(rig.ask("DEPOSIT 9 1") == "-NOACCOUNT there is no account 9");
    running.txn->resume();
    CHECK(rig::code(rig.finish(running)) == "-STORE");
    CHECK(rig.ask("BALANCE 1") == "100");
  }
}

TEST_CASE("a cancel that wins against a request which read a revoked balance keeps its verdict") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked first = rig.start_at_gate("WITHDRAW 1 60");
  const Asked running = rig.start_held(rig::teller(), "WITHDRAW 1 10 KEY k", Point::modified);
  refuse(rig);
  CHECK(rig::code(rig.finish(first)) == "-STORE");
  CHECK(rig.wait_for(rig.start_cancel(running)) == Verdict::cancelled);
  CHECK(rig::code(rig.finish(running)) == "-CANCELLED");
  CHECK(rig.outcome(1, "k") == "cancelled");
}

TEST_CASE("a request that has read a balance of a failed COMMIT orders nothing and gets UNKNOWN") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  CHECK(rig.ask("DEPOSIT 1 5 KEY back") == "105");
  rig.ask("REVERSE 1 back");
  const Asked first = rig.start_at_gate("WITHDRAW 1 60");
  const Asked running = rig.start_held(rig::teller(), "WITHDRAW 1 10 KEY b", Point::modified);
  rig.shelf().disk().fail_commit(CommitFailure::unknown_undone);
  rig.gate().open();
  CHECK(rig::code(rig.finish(first)) == "-UNKNOWN");
  running.txn->resume();
  CHECK(rig::code(rig.finish(running)) == "-UNKNOWN");
  CHECK_MESSAGE(rig.outcome(1, "back") == "committed",
                "a transfer that is known to be reversed cannot be reversed again");
  CHECK(rig.unknowns() == 1);
}

TEST_CASE("a unit that cannot begin, a refused store and a refused commit all revoke") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.shelf().disk().fail_store();
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-STORE");
  rig.shelf().disk().fail_begin();
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-STORE");
  rig.shelf().disk().fail_commit(CommitFailure::refused);
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-STORE");
  CHECK(rig.outcome(1, "k") == "none");
  CHECK(rig.ask("DEPOSIT 1 5 KEY k") == "105");
  CHECK(rig.unknowns() == 0);
  CHECK(rig.quiet());
}

TEST_CASE("a tombstone that is revoked gives UNKNOWN although later changes become durable") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.gate().shut();
  const auto told = rig.start_cancel_key(1, "k");
  rig.attend_until([&] { return rig.gate().waited_at(); });
  const Asked asked = rig.start(rig::teller(), "WITHDRAW 1 5 KEY k");
  rig.attend_until_waiting(asked, "commit");
  refuse(rig);
  CHECK(rig.wait_for(told) == Verdict::unknown);
  CHECK(rig::code(rig.finish(asked)) == "-STORE");
  CHECK(rig.ask("DEPOSIT 1 1") == "101");
  CHECK(told->verdict.load() == Verdict::unknown);
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "96");
}

TEST_CASE("a PIN that was ordered and revoked ends no session and begins none") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const auto own = rig::customer(1);
  const auto other = rig::customer(1);
  const Asked change = rig.start_at_gate("PASSWD 1 4321", own);
  const Asked outdated = rig.start(other, "BALANCE 1");
  rig.attend_until_waiting(outdated, "commit");
  refuse(rig);
  CHECK(rig::code(rig.finish(change)) == "-STORE");
  CHECK_MESSAGE(rig::code(rig.finish(outdated)) == "-STORE",
                "the session received NOAUTH although its PIN has not changed");
  CHECK(rig.ask(own, "BALANCE 1") == "100");
  CHECK(rig.ask(other, "BALANCE 1") == "100");
  const auto log_in = [&](const char* pin) {
    return rig::code(rig::text(bank::log_in(rig.bank(), 1, bank::Secret(pin)).reply));
  };
  CHECK(log_in("4321") == "-WRONGPASS");
  CHECK(log_in("1234") == "+OK");
  CHECK(rig.ask(own, "PASSWD 1 4321") == "+OK");
  CHECK(rig::code(rig.ask(other, "BALANCE 1")) == "-NOAUTH");
  CHECK(rig.ask(own, "BALANCE 1") == "100");
}

TEST_CASE("the versions of a PIN only grow, in whichever order they are recorded") {
  bank::PinVersions versions;
  versions.set(1, 3);
  versions.set(1, 2);
  CHECK(versions.is_outdated({bank::Role::customer, 1, 2}));
  CHECK_FALSE(versions.is_outdated({bank::Role::customer, 1, 3}));
}

TEST_CASE("a freeze that is revoked is refused, and freezes nothing") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  CHECK(rig.ask("DEPOSIT 1 1") == "101");
  rig.shelf().disk().fail_commit(CommitFailure::refused);
  std::string reply;
  commands::freeze(rig.bank(), 1, [&](const bank::Reply& given) { reply = rig::text(given); });
  CHECK(rig::code(reply) == "-STORE");
  CHECK(rig.ask("DEPOSIT 1 1") == "102");
}

TEST_CASE("a freeze that is revoked while a request has read the account freezes nothing") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked running = rig.start_held(rig::teller(), "DEPOSIT 1 1 KEY k", Point::modified);
  rig.shelf().disk().fail_commit(CommitFailure::refused);
  std::string reply;
  commands::freeze(rig.bank(), 1, [&](const bank::Reply& given) { reply = rig::text(given); });
  CHECK(rig::code(reply) == "-STORE");
  running.txn->resume();
  CHECK(rig::code(rig.finish(running)) == "-STORE");
  CHECK_MESSAGE(rig.ask("DEPOSIT 1 1 KEY k") == "101", "the account has kept the revoked mark");
}

TEST_CASE("an opening that is revoked leaves no account, and its key can be used again") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.shelf().disk().fail_commit(CommitFailure::refused);
  CHECK(rig::code(rig.ask("CREATE 1234 BALANCE 5 KEY c")) == "-STORE");
  const std::string account = rig.ask("CREATE 1234 BALANCE 5 KEY c");
  CHECK(rig.ask("BALANCE " + account) == "5");
  CHECK(rig.ask("CREATE 1234 BALANCE 5 KEY c") == account);
  CHECK(rig.violations() == 0);
}

TEST_CASE("a REVERSE whose wait for an earlier change ends in a revocation is refused") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY d");
  const Asked first = rig.start_at_gate("DEPOSIT 1 1");
  const Asked reverse = rig.start(rig::teller(), "REVERSE 1 d");
  rig.attend_until_waiting(reverse, "commit");
  refuse(rig);
  CHECK(rig::code(rig.finish(first)) == "-STORE");
  CHECK(rig::code(rig.finish(reverse)) == "-STORE");
  CHECK(rig.ask("REVERSE 1 d") == "100");
}

TEST_CASE("a change that the store contradicts is reported as a fault of the server") {
  Rig rig;
  rig.open_account(100);
  CHECK(rig.ask("BALANCE 1") == "100");
  {
    // Behind the back of the bank, which has the row in its table.
    ledger::Posting posting;
    posting.kind = ledger::Kind::deposit;
    posting.credit = 1;
    posting.amount = 1;
    posting.credit_after = 101;
    const auto unit = rig.shelf().ledger().begin();
    unit->store(posting);
    unit->commit();
  }
  const std::string reply = rig.ask("DEPOSIT 1 5");
  CHECK(rig::code(reply) == "-STORE");
  CHECK_MESSAGE(reply.find("a fault of the server") != std::string::npos,
                "the reply looks like that of a full disk: " << reply);
  rig.expect_faults(1);
}
