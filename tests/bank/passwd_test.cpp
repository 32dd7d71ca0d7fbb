/// PASSWD: the session that changes the PIN stays logged in; the others must log in again.

#include <doctest/doctest.h>

#include "server/bank/login.hpp"
#include "server/commands/accounts.hpp"
#include "tests/bank/rig.hpp"

using rig::Rig;

TEST_CASE("a new PIN ends every session of the account but the one that set it") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const auto own = rig::customer(1);
  const auto other = rig::customer(1);
  CHECK(rig.ask(other, "WITHDRAW 1 1 KEY k") == "99");
  CHECK(rig.ask(own, "PASSWD 1 4321") == "+OK");
  CHECK(rig.ask(own, "DEPOSIT 1 1") == "100");
  for (const char* command : {"DEPOSIT 1 5", "WITHDRAW 1 5", "TRANSFER 1 2 5", "BALANCE 1",
                              "HISTORY 1", "PASSWD 1 1111"}) {
    CAPTURE(command);
    CHECK(rig::code(rig.ask(other, command)) == "-NOAUTH");
  }
  // Not even the reply to an earlier request of this session.
  CHECK(rig::code(rig.ask(other, "WITHDRAW 1 1 KEY k")) == "-NOAUTH");
  CHECK(rig.ask(own, "WITHDRAW 1 1 KEY k") == "99");
  CHECK(rig.balance(1) == 100);
  CHECK(rig.ask(own, "PASSWD 1 1111") == "+OK");
  CHECK(rig.ask(own, "BALANCE 1") == "100");
}

TEST_CASE("a new PIN does not open a locked account") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  const auto session = rig::customer(1);
  const auto log_in = [&rig](const char* pin) {
    return rig::code(rig::text(bank::log_in(rig.bank(), 1, bank::Secret(pin)).reply));
  };
  for (int i = 0; i < 5; ++i) CHECK(log_in("9999") == "-WRONGPASS");
  CHECK(rig.ask(session, "PASSWD 1 4321") == "+OK");
  CHECK(log_in("4321") == "-LOCKED");
  CHECK(rig.ask("PASSWD 1 5678") == "+OK");
  CHECK(log_in("5678") == "-LOCKED");
  CHECK(rig::text(commands::unlock(rig.bank(), 1)) == "+OK");
  CHECK(log_in("5678") == "+OK");
}

TEST_CASE("only the new PIN is right, also if a teller set it") {
  Rig rig(rig::each_store());
  rig.open_account(100);
  const auto session = rig::customer(1);
  CHECK(rig.ask("PASSWD 1 4321") == "+OK");
  CHECK(rig::code(rig.ask(session, "BALANCE 1")) == "-NOAUTH");
  CHECK(rig::code(rig::text(log_in(rig.bank(), 1, bank::Secret("1234")).reply)) == "-WRONGPASS");
  const bank::Login login = log_in(rig.bank(), 1, bank::Secret("4321"));
  CHECK(rig::text(login.reply) == "+OK");
  CHECK(rig.ask(std::make_shared<bank::Session>(login.session), "BALANCE 1") == "100");
}
