/// Idempotency keys: a repeat gets the first reply and moves no money.

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Point;
using rig::Rig;

TEST_CASE("a repeat gets the first reply word for word, also after a restart") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account(100);
  const struct {
    const char* command;
    const char* reply;
  } rows[] = {{"DEPOSIT 1 5 KEY d", "105"},
              {"WITHDRAW 1 7 KEY w", "98"},
              {"TRANSFER 1 2 8 KEY t", "90"},
              {"CREATE 1234 BALANCE 3 KEY c", "3"}};
  for (const auto& row : rows) CHECK(rig.ask(row.command) == row.reply);
  rig.ask("DEPOSIT 1 1000");
  for (const auto& row : rows) CHECK(rig.ask(row.command) == row.reply);
  rig.restart();
  for (const auto& row : rows) CHECK(rig.ask(row.command) == row.reply);
  CHECK(rig.ask("DEPOSIT 1 5 TIMEOUT 5000 KEY d") == "105");
  CHECK(rig.balance(1) == 1090);
  CHECK(rig.balance(2) == 108);
  CHECK(rig.violations() == 0);
}

TEST_CASE("the same key with other arguments gets DUPKEY") {
  Rig rig(rig::each_store());
  for (int i = 0; i < 3; ++i) rig.open_account(100);
  rig.ask("TRANSFER 1 2 8 KEY t");
  for (const char* command : {"TRANSFER 1 2 9 KEY t", "TRANSFER 1 3 8 KEY t", "DEPOSIT 1 8 KEY t",
                              "WITHDRAW 1 8 KEY t"}) {
    CAPTURE(command);
    CHECK(rig::code(rig.ask(command)) == "-DUPKEY");
  }
  CHECK(rig.balance(1) == 92);
  // Each account has keys of its own.
  CHECK(rig.ask("TRANSFER 2 1 8 KEY t") == "100");
}

TEST_CASE("while a request runs, any other with its key gets INPROGRESS and changes nothing") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const auto first = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  CHECK(rig::code(rig.ask("WITHDRAW 1 5 KEY k")) == "-INPROGRESS");
  REQUIRE_MESSAGE(rig.bank().keys.find(1, "k") == first.txn,
                  "the refused repeat has released the key of the first request");
  CHECK(rig::code(rig.ask("DEPOSIT 1 6 KEY k")) == "-INPROGRESS");
  CHECK(rig.outcome(1, "k") == "running");
  // A deadline leaves no trace of the key, so the first request goes on.
  const auto second = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::started);
  CHECK(rig.wait_for(rig.start_cancel(second, rig::Reason::deadline)) == rig::Verdict::cancelled);
  rig.finish(second);
  CHECK(rig.outcome(1, "k") == "running");
  first.txn->resume();
  CHECK(rig.finish(first) == "95");
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
}

TEST_CASE("an error in the request itself is reported before INPROGRESS") {
  Rig rig;
  rig.open_account(100);
  const auto first = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  CHECK(rig::code(rig.ask("WITHDRAW 1 0 KEY k")) == "-AMOUNT");
  CHECK(rig::code(rig.ask(rig::customer(2), "WITHDRAW 1 5 KEY k")) == "-NOPERM");
}

TEST_CASE("the key and the account mutex are free when the reply arrives") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const auto asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::replied);
  CHECK(asked.reply() == "95");
  CHECK(rig.bank().keys.find(1, "k") == nullptr);
  CHECK(rig.bank().accounts.held() == 0);
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
  CHECK(rig.ask("DEPOSIT 1 5") == "100");
}

TEST_CASE("the key is released before the reply is delivered") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  seam::Atomic<bool> claimed{true};
  rig::Asked asked;
  asked.inbox = std::make_shared<rig::Inbox>(
      [&](const std::string&) { claimed.store(rig.bank().keys.find(1, "k") != nullptr); });
  asked.txn = bank::Transaction::admit(rig.bank(), rig::split("WITHDRAW 1 5 KEY k"),
                                       {asked.inbox, rig::teller(), 7}, rig.threads());
  REQUIRE(rig.workers().admit(asked.txn) == cancel::WorkerPool::Admission::admitted);
  CHECK(rig.finish(asked) == "95");
  CHECK_MESSAGE(!claimed.load(), "a client that repeats at once would receive INPROGRESS");
}

TEST_CASE("STATUS gets STORE if the ledger cannot be read") {
  Rig rig;
  rig.open_account(100);
  CHECK(rig.ask("DEPOSIT 1 5 KEY k") == "105");
  rig.shelf().disk().fail_read();
  CHECK(rig::code(rig.outcome(1, "k")) == "-STORE");
  CHECK(rig.outcome(1, "k") == "committed");
}
