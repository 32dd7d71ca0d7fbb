/// Login: five wrong PINs in a row lock an account, whatever happens in between.

#include "server/bank/login.hpp"

#include <doctest/doctest.h>

#include "server/commands/accounts.hpp"
#include "tests/bank/rig.hpp"

using rig::Rig;

namespace {

std::string log_in(Rig& rig, ledger::AccountId account, const std::string& pin) {
  return rig::code(rig::text(bank::log_in(rig.bank(), account, pin).reply));
}

}  // namespace

TEST_CASE("the right PIN gives a session of its account") {
  Rig rig(rig::each_store());
  rig.open_account();
  const bank::Login login = bank::log_in(rig.bank(), 1, "1234");
  CHECK(rig::text(login.reply) == "+OK");
  CHECK(login.session.role == bank::Role::customer);
  CHECK(login.session.account == 1);
  CHECK(rig.ask(std::make_shared<bank::Session>(login.session), "BALANCE 1") == "0");
}

TEST_CASE("five wrong PINs lock the account, for the right PIN too, and across a restart") {
  Rig rig(rig::each_store());
  rig.open_account();
  for (int i = 0; i < 5; ++i) CHECK(log_in(rig, 1, "9999") == "-WRONGPASS");
  CHECK(log_in(rig, 1, "9999") == "-LOCKED");
  CHECK(log_in(rig, 1, "1234") == "-LOCKED");
  rig.restart();
  CHECK(log_in(rig, 1, "1234") == "-LOCKED");
  CHECK(rig::text(commands::unlock(rig.bank(), 1)) == "+OK");
  CHECK(log_in(rig, 1, "1234") == "+OK");
}

TEST_CASE("a success resets the count of attempts, a restart does not") {
  Rig rig(rig::each_store());
  rig.open_account();
  for (int i = 0; i < 4; ++i) log_in(rig, 1, "9999");
  CHECK(log_in(rig, 1, "1234") == "+OK");
  for (int i = 0; i < 3; ++i) log_in(rig, 1, "9999");
  rig.restart();
  for (int i = 0; i < 2; ++i) CHECK(log_in(rig, 1, "9999") == "-WRONGPASS");
  CHECK(log_in(rig, 1, "1234") == "-LOCKED");
}

TEST_CASE("parallel guesses get no more than five attempts") {
  Rig rig(rig::each_store());
  rig.open_account();
  constexpr int guessers = 12;
  seam::Atomic<int> wrong{0};
  seam::Atomic<int> locked{0};
  for (int i = 0; i < guessers; ++i) {
    rig.elsewhere([&] {
      const std::string reply = log_in(rig, 1, "9999");
      (reply == "-WRONGPASS" ? wrong : locked).fetch_add(1);
    });
  }
  rig.attend_until([&] { return wrong.load() + locked.load() == guessers; });
  CHECK(wrong.load() == 5);
  CHECK(log_in(rig, 1, "1234") == "-LOCKED");
}

TEST_CASE("an unknown account is a wrong PIN, for ever") {
  Rig rig(rig::each_store());
  for (int i = 0; i < 7; ++i) CHECK(log_in(rig, 9, "1234") == "-WRONGPASS");
  CHECK(log_in(rig, 0, "1234") == "-WRONGPASS");
}

TEST_CASE("a PIN is not checked if the attempt cannot be counted") {
  Rig rig;
  rig.open_account();
  rig.shelf().disk().fail_commit(ledger::CommitFailure::refused);
  CHECK(log_in(rig, 1, "1234") == "-STORE");
  rig.shelf().disk().fail_read();
  CHECK(log_in(rig, 1, "1234") == "-STORE");
  rig.shelf().disk().fail_commit(ledger::CommitFailure::unknown_done);
  CHECK(log_in(rig, 1, "1234") == "-UNKNOWN");
}

TEST_CASE("no PIN matches an unknown account, not even the one its hash was made of") {
  const bank::Pins pins(bank::Pins::Cost::service);
  CHECK_FALSE(pins.matches(std::nullopt, "no account has this PIN"));
  CHECK_FALSE(pins.matches(std::nullopt, "1234"));
}

TEST_CASE("the comparison in constant time agrees with the comparison of texts") {
  CHECK(bank::equal_in_constant_time("secret", "secret"));
  CHECK(bank::equal_in_constant_time("", ""));
  CHECK_FALSE(bank::equal_in_constant_time("secret", "secreT"));
  CHECK_FALSE(bank::equal_in_constant_time("secret", "secrets"));
}
