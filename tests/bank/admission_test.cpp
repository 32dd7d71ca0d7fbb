/// A server that is too busy undoes an admission; others may have found the transaction by then.

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Rig;
using rig::Verdict;

namespace {

/// Admits a transaction without giving it to a worker.
Asked admit(Rig& rig, const std::string& command) {
  Asked asked;
  asked.inbox = std::make_shared<rig::Inbox>();
  asked.txn = bank::Transaction::admit(rig.bank(), rig::split(command),
                                       {asked.inbox, rig::teller(), 7}, rig.threads());
  return asked;
}

}  // namespace

TEST_CASE("an admission that is undone leaves nothing and sends no reply") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked asked = admit(rig, "WITHDRAW 1 5 KEY k");
  int gone = 0;
  asked.txn->on_finished([&] { ++gone; });
  CHECK(asked.txn->undo_admission());
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
  CHECK_FALSE(asked.txn->undo_admission());
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
  CHECK(asked.txn->undo_admission());
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
