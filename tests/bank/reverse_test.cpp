/// REVERSE: a transfer that undoes a committed one, once, and is linked to it.

#include <doctest/doctest.h>

#include "server/bank/keys.hpp"
#include "tests/bank/rig.hpp"

using rig::Point;
using rig::Rig;

TEST_CASE("a reversal undoes a deposit, a withdrawal or a transfer and returns the new balance") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY d");
  rig.ask("WITHDRAW 1 7 KEY w");
  rig.ask("TRANSFER 1 2 8 KEY t");
  rig.ask("TRANSFER 2 1 30 KEY back");
  CHECK(rig.ask("REVERSE 1 d") == "115");
  CHECK(rig.ask("REVERSE 1 w") == "122");
  CHECK(rig.ask("REVERSE 1 t") == "130");
  CHECK(rig.ask("REVERSE 2 back") == "100");
  CHECK(rig.balance(1) == 100);
  CHECK(rig.balance(2) == 100);
  CHECK(rig.violations() == 0);
}

TEST_CASE("a repeated REVERSE gets the first reply and moves no money") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account(100);
  rig.ask("TRANSFER 1 2 8 KEY t");
  rig.ask("DEPOSIT 1 5 KEY d");
  CHECK(rig.ask("REVERSE 1 t") == "105");
  CHECK(rig.ask("REVERSE 1 d") == "100");
  rig.ask("DEPOSIT 1 1000");
  CHECK(rig.ask("REVERSE 1 t") == "105");
  CHECK(rig.ask("REVERSE 1 d") == "100");
  // Also if the account is frozen: no money moves.
  rig.set_frozen(1, true);
  CHECK(rig.ask("REVERSE 1 t") == "105");
  CHECK(rig.balance(1) == 1100);
  CHECK(rig.balance(2) == 100);
}

TEST_CASE("after a REVERSE a repeat of the original gets REVERSED and pays nothing out") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account(100);
  CHECK(rig.ask("WITHDRAW 1 30 KEY w") == "70");
  CHECK(rig.ask("TRANSFER 1 2 20 KEY t") == "50");
  CHECK(rig.ask("REVERSE 1 w") == "80");
  const std::string by = "transfer 5";  // after two openings, w and t
  const std::string reply = rig.ask("WITHDRAW 1 30 KEY w");
  CHECK(rig::code(reply) == "-REVERSED");
  CHECK_MESSAGE(reply.find(by) != std::string::npos, "the reply names the reversal: " << reply);
  CHECK_MESSAGE(rig::code(rig.ask("WITHDRAW 1 31 KEY w")) == "-DUPKEY",
                "other arguments get DUPKEY before REVERSED");
  CHECK(rig.ask("TRANSFER 1 2 20 KEY t") == "50");
  CHECK(rig.ask("REVERSE 1 w") == "80");
  CHECK(rig.balance(1) == 80);
  rig.restart();
  CHECK(rig::code(rig.ask("WITHDRAW 1 30 KEY w")) == "-REVERSED");
  CHECK(rig.balance(1) == 80);
}

TEST_CASE("STATUS and HISTORY link a transfer and its reversal") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY d");
  const auto status = [&] { return rig::text(status_of_key(rig.bank(), 1, "d")); };
  CHECK(status().ends_with(", reversed_by: 0}"));
  CHECK(rig.ask("REVERSE 1 d") == "100");
  CHECK(status().ends_with(", reversed_by: 3}"));
  CHECK(status().starts_with("{outcome: committed, id: 2, "));
  const std::string rows = rig.ask("HISTORY 1 LIMIT 2");
  CAPTURE(rows);
  const auto linked = [&rows](const std::string& id, const std::string& links) {
    const auto at = rows.find("{id: " + id);
    return rows.substr(at, rows.find('}', at) - at).ends_with(links);
  };
  CHECK_MESSAGE(linked("3", "reverses: 2, reversed_by: 0"), "the reversal names its original");
  CHECK_MESSAGE(linked("2", "reverses: 0, reversed_by: 3"), "the original names its reversal");
}

TEST_CASE("a refused REVERSE can be repeated later") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account();
  rig.ask("TRANSFER 1 2 80 KEY t");
  rig.ask("WITHDRAW 2 1");
  CHECK(rig::code(rig.ask("REVERSE 1 t")) == "-FUNDS");
  rig.ask("DEPOSIT 2 1");
  CHECK(rig.ask("REVERSE 1 t") == "100");
}

TEST_CASE("REVERSE is refused if either account is frozen") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account();
  rig.ask("TRANSFER 1 2 80 KEY t");
  for (const ledger::AccountId frozen : {1, 2}) {
    rig.set_frozen(frozen, true);
    CHECK(rig::code(rig.ask("REVERSE 1 t")) == "-FROZEN");
    rig.set_frozen(frozen, false);
  }
  CHECK(rig.ask("REVERSE 1 t") == "100");
}

TEST_CASE("REVERSE refuses keys without a committed transfer on that account") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account();
  rig.ask("CREATE 1234 BALANCE 9 KEY c");
  rig.ask("TRANSFER 1 2 80 KEY t");
  CHECK(rig::code(rig.ask("REVERSE 0 c")) == "-NOACCOUNT");
  CHECK(rig::code(rig.ask("REVERSE 3 c")) == "-ERR");
  CHECK(rig::code(rig.ask("REVERSE 9 t")) == "-NOACCOUNT");
  CHECK(rig::code(rig.ask("REVERSE 1 none")) == "-ERR");
  CHECK(rig::code(rig.ask("REVERSE 2 t")) == "-ERR");
  CHECK(rig.wait_for(rig.start_cancel_key(1, "dead")) == rig::Verdict::cancelled);
  CHECK(rig::code(rig.ask("REVERSE 1 dead")) == "-CANCELLED");
  const auto running = rig.start_held(rig::teller(), "DEPOSIT 1 1 KEY r", Point::modified);
  CHECK(rig::code(rig.ask("REVERSE 1 r")) == "-INPROGRESS");
}

TEST_CASE("a cancelled REVERSE does not change the key that it names") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5 KEY d");
  const auto asked = rig.start_held(rig::teller(), "REVERSE 1 d", Point::modified);
  CHECK(rig.wait_for(rig.start_cancel(asked)) == rig::Verdict::cancelled);
  rig.finish(asked);
  CHECK(rig.outcome(1, "d") == "committed");
  CHECK(rig.balance(1) == 105);
  CHECK(rig.ask("REVERSE 1 d") == "100");
}
