/// A server that is too busy undoes an admission; others may have found the transaction by then.

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Rig;
using rig::Verdict;

namespace {

/// Admits a transaction without giving it to a worker.
Asked admit(Rig& rig, const std::string& command, const rig::SessionRef& as = rig::teller()) {
  Asked asked;
  asked.inbox = std::make_shared<rig::Inbox>();
  asked.txn = bank::Transaction::admit(rig.bank(), rig::split(command), {asked.inbox, as, 7},
                                       rig.threads());
  return asked;
}

/// The refusal that undoing the admission leaves to the caller.
std::string refusal_of(const Asked& asked) {
  const auto refusal = asked.txn->undo_admission();
  return refusal ? rig::text(*refusal) : "none";
}

}  // namespace

TEST_CASE("the refusal after an undone admission fits the command") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const std::pair<const char*, const char*> expected[] = {
      {"DEPOSIT 1 5", "-BUSY too many requests are waiting; try again later"},
      {"BALANCE 1", "-BUSY too many requests are waiting; try again later"},
      {"REVERSE 1 k", "-BUSY too many requests are waiting; try again later"},
      {"DEPOSIT 1 5 KEY k",
       "-BUSY too many requests are waiting; try again later with the same key"},
      {"DEPOSIT 1 0 KEY k", "-AMOUNT an amount is 1 to 1000000000000000 cents"},
      {"DEPOSIT 1", "-ERR usage: DEPOSIT account amount [KEY key] [TIMEOUT ms]"},
      {"FROB", "-ERR unknown command 'FROB'; try COMMAND, or atm --help"},
  };
  for (const auto& [command, refusal] : expected) {
    const std::string asked = command;
    CAPTURE(asked);
    CHECK(refusal_of(admit(rig, asked)) == refusal);
  }
  CHECK(refusal_of(admit(rig, "AUDIT", rig::operator_())) ==
        "-BUSY the system has no thread to give for a long read; try again later");
  const Asked first = admit(rig, "DEPOSIT 1 5 KEY k");
  CHECK(refusal_of(admit(rig, "DEPOSIT 1 5 KEY k")).substr(0, 5) == "-BUSY");
  CHECK(refusal_of(first).substr(0, 5) == "-BUSY");
}

TEST_CASE("an admission that is undone leaves nothing and sends no reply") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = admit(rig, "WITHDRAW 1 5 KEY k");
  int gone = 0;
  asked.txn->on_finished([&] { ++gone; });
  CHECK(refusal_of(asked) ==
        "-BUSY too many requests are waiting; try again later with the same key");
  // The key is free before the caller replies.
  CHECK(rig.outcome(1, "k") == "none");
  rig.attend_until_quiet();
  CHECK(gone == 1);
  CHECK_FALSE(asked.reply());
  CHECK(rig.wait_for(rig.start_cancel_handle(asked.handle())) == Verdict::invalid);
  for (const auto& count : rig.bank().counters.cancels) CHECK(count.load() == 0);
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
}

TEST_CASE("a cancel before the undoing keeps its verdict, its reply and its tombstone") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = admit(rig, "WITHDRAW 1 5 KEY k");
  const auto told = rig.start_cancel(asked, rig::Reason::customer);
  CHECK_MESSAGE(refusal_of(asked) == "none", "the client would receive two replies");
  CHECK(rig.wait_for(told) == Verdict::cancelled);
  rig.attend_until_quiet();
  CHECK(asked.inbox->replies() == 1);
  CHECK(rig::code(*asked.reply()) == "-CANCELLED");
  CHECK(rig.outcome(1, "k") == "cancelled");
}

TEST_CASE("a cancel after the undoing gets ALREADY, and one by key writes a tombstone") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = admit(rig, "WITHDRAW 1 5 KEY k");
  CHECK(refusal_of(asked) != "none");
  const auto told = rig.start_cancel(asked);
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == Verdict::cancelled);
  CHECK(rig.wait_for(told) == Verdict::already);
  CHECK(rig.outcome(1, "k") == "cancelled");
  CHECK_FALSE(asked.reply());
}

TEST_CASE("a transaction that is dropped without having run releases its key") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  Asked asked = admit(rig, "WITHDRAW 1 5 KEY k");
  CHECK_FALSE(asked.txn->touches(ledger::vault));
  CHECK(asked.txn->touches(1));
  rig.bank().transactions.remove(asked.txn->handle());
  asked.txn.reset();
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
}
