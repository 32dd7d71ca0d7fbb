/// The reply and the effect of each transaction, over both ledgers.

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Rig;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("deposits, withdrawals and transfers change the balances as they reply") {
  Rig rig(rig::each_store_and_mechanism());
  const auto a = rig.open_account(1000);
  const auto b = rig.open_account();
  const std::string one = std::to_string(a);
  const std::string other = std::to_string(b);
  const auto own = rig::customer(a);
  CHECK(rig.ask(own, "DEPOSIT " + one + " 50") == "1050");
  CHECK(rig.ask(own, "WITHDRAW " + one + " 150") == "900");
  CHECK(rig.ask(own, "TRANSFER " + one + " " + other + " 300") == "600");
  CHECK(rig.ask(own, "BALANCE " + one) == "600");
  CHECK(rig.ask(rig::customer(b), "BALANCE " + other) == "300");
  // A transfer back locks the accounts in the same order.
  CHECK(rig.ask("TRANSFER " + other + " " + one + " 300") == "0");
  CHECK(rig.balance(a) == 900);
  CHECK(rig.violations() == 0);
  CHECK(rig.quiet());
}

TEST_CASE("an account is created with a balance, or empty") {
  Rig rig(rig::each_store());
  CHECK(rig.ask("CREATE 1234 BALANCE 25 KEY c") == "1");
  CHECK(rig.ask("CREATE 1234 BALANCE 0 KEY empty") == "2");
  CHECK(rig.balance(1) == 25);
  CHECK(rig.balance(2) == 0);
  // The PIN is not among the arguments that a repeat must match.
  CHECK(rig.ask("CREATE 9999 BALANCE 25 KEY c") == "1");
  CHECK(rig::code(rig.ask("CREATE 1234 BALANCE 26 KEY c")) == "-DUPKEY");
  CHECK(rig::code(rig.ask("CREATE 1234 KEY c")) == "-DUPKEY");
  CHECK(rig.balance(3) == -1);
  CHECK(rig.ask("CREATE 1234") == "3");
  CHECK(rig.balance(3) == 0);
  CHECK(rig.ask("CREATE 1234 BALANCE 0 KEY empty") == "2");
  CHECK(rig.violations() == 0);
}

TEST_CASE("history lists every transfer of the account, newest first") {
  Rig rig(rig::each_store());
  const auto a = rig.open_account(100);
  const auto b = rig.open_account();
  rig.ask("DEPOSIT 1 5 KEY k");
  rig.ask("WITHDRAW 1 3");
  rig.ask("TRANSFER 1 2 2");
  rig.ask("REVERSE 1 k");
  const auto rows = rig.ask(rig::customer(a), "HISTORY 1");
  CHECK(contains(rows, "[{id: 5, kind: reverse, debit: 1, credit: 0, amount: 5, balance: 95"));
  CHECK(contains(rows, "{id: 4, kind: transfer, debit: 1, credit: 2, amount: 2, balance: 100"));
  CHECK(contains(rows, "{id: 3, kind: withdraw, debit: 1, credit: 0, amount: 3, balance: 102"));
  CHECK(contains(rows,
                 "{id: 2, kind: deposit, debit: 0, credit: 1, amount: 5, balance: 105, key: k"));
  CHECK(contains(rows, "{id: 1, kind: create, debit: 0, credit: 1, amount: 100, balance: 100"));
  const auto others = rig.ask(rig::customer(b), "HISTORY 2");
  CHECK(contains(others, "[{id: 4, kind: transfer, debit: 1, credit: 2, amount: 2, balance: 2"));
  CHECK(contains(rig.ask("HISTORY 1 LIMIT 1 BEFORE 5"), "[{id: 4,"));
  CHECK_FALSE(contains(rig.ask("HISTORY 1 LIMIT 1 BEFORE 5"), "id: 3"));
  CHECK(rig.ask("HISTORY 1 BEFORE 1") == "[]");
}

TEST_CASE("a long history is complete although it is read in batches") {
  Rig rig(rig::each_store());
  const auto a = rig.open_account();
  for (int i = 0; i < 250; ++i) rig.ask("DEPOSIT 1 1");
  CHECK(rig.balance(a) == 250);
  const auto count = [](const std::string& rows) {
    int rows_found = 0;
    for (auto at = rows.find("{id:"); at != std::string::npos; at = rows.find("{id:", at + 1)) {
      ++rows_found;
    }
    return rows_found;
  };
  CHECK(count(rig.ask("HISTORY 1 LIMIT 1000")) == 250);
  CHECK(count(rig.ask("HISTORY 1 LIMIT 201")) == 201);
  CHECK(count(rig.ask("HISTORY 1")) == 20);
}

TEST_CASE("a long history can be cancelled between its batches") {
  Rig rig(rig::each_mechanism());
  rig.open_account();
  for (int i = 0; i < 101; ++i) rig.ask("DEPOSIT 1 1");
  rig.hold(rig::Point::scanning);
  const rig::Asked asked = rig.start(rig::teller(), "HISTORY 1 LIMIT 101");
  const auto stops = [&] { return asked.txn->view().held || asked.reply(); };
  rig.attend_until(stops);
  asked.txn->step();
  rig.attend_until(stops);
  REQUIRE_MESSAGE(!asked.reply(), "the second batch was read without passing `scanning`");
  CHECK(rig.wait_for(rig.start_cancel(asked)) == rig::Verdict::cancelled);
  CHECK(rig::code(rig.finish(asked)) == "-CANCELLED");
}

TEST_CASE("an audit finds no violation, and a backup is written where it was ordered") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  rig.ask("DEPOSIT 1 5");
  CHECK(rig.ask(rig::operator_(), "AUDIT") == "{accounts: 1, transfers: 2, violations: 0}");
  const std::string path = rig.shelf().path("copy");
  CHECK(rig.ask(rig::operator_(), "BACKUP " + path) == "+OK");
  CHECK(rig.shelf().exists(path));
  CHECK(rig::code(rig.ask(rig::operator_(), "BACKUP " + path)) == "-ERR");
}

TEST_CASE("commits that move money are counted apart from others") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  rig.open_account();
  const auto& counted = rig.bank().counters.money_commits;
  const auto counts = [&](const std::string& command) {
    const std::int64_t before = counted.load();
    rig.ask(rig::operator_(), command);
    return counted.load() - before;
  };
  for (const char* moves : {"DEPOSIT 1 5 KEY d", "WITHDRAW 1 5", "TRANSFER 1 2 5", "REVERSE 1 d",
                            "CREATE 1234 BALANCE 5"}) {
    CAPTURE(moves);
    CHECK(counts(moves) == 1);
  }
  for (const char* other :
       {"CREATE 1234", "PASSWD 1 4321", "BALANCE 1", "WITHDRAW 1 999", "DEPOSIT 1 5 KEY d"}) {
    CAPTURE(other);
    CHECK(counts(other) == 0);
  }
}

TEST_CASE("an unknown command is a transaction that is refused") {
  Rig rig(rig::each_mechanism());
  CHECK(rig::code(rig.ask("FROB 1 2 3")) == "-ERR");
  CHECK(rig.quiet());
}

TEST_CASE("an acknowledgement that cannot be delivered is counted") {
  Rig rig;
  rig.open_account();
  const auto asked = rig.start_held(rig::teller(), "DEPOSIT 1 5", rig::Point::committed);
  asked.inbox->hang_up();
  asked.txn->resume();
  rig.finish(asked);
  CHECK(rig.bank().counters.lost_acks.load() == 1);
  CHECK(rig.balance(1) == 5);
  // A lost reply to a read is not a lost acknowledgement.
  const auto read = rig.start_held(rig::teller(), "BALANCE 1", rig::Point::answering);
  read.inbox->hang_up();
  read.txn->resume();
  rig.finish(read);
  CHECK(rig.bank().counters.lost_acks.load() == 1);
}
