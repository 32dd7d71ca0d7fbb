/// Login: five wrong PINs in a row lock an account, whatever happens in between.

#include "server/bank/login.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include "server/commands/accounts.hpp"
#include "tests/bank/rig.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/scarce_memory.hpp"

using rig::Rig;

namespace {

std::string log_in(Rig& rig, ledger::AccountId account, const std::string& pin) {
  return rig::code(rig::text(bank::log_in(rig.bank(), account, bank::Secret(pin)).reply));
}

}  // namespace

TEST_CASE("a session names its user, and has none before login") {
  CHECK(bank::Session{}.user() == "");
  CHECK(bank::Session{bank::Role::customer, 42}.user() == "42");
  CHECK(bank::Session{bank::Role::teller}.user() == "teller");
  CHECK(bank::Session{bank::Role::operator_}.user() == "operator");
}

TEST_CASE("the right PIN gives a session of its account") {
  Rig rig(rig::each_store());
  rig.open_account();
  const bank::Login login = bank::log_in(rig.bank(), 1, bank::Secret("1234"));
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

TEST_CASE("an unknown account locks like a real one") {
  Rig rig(rig::each_store());
  rig.open_account();
  for (const ledger::AccountId account : {1, 9}) {
    CAPTURE(account);
    for (int i = 0; i < 5; ++i) CHECK(log_in(rig, account, "9999") == "-WRONGPASS");
    for (int i = 0; i < 2; ++i) CHECK(log_in(rig, account, "9999") == "-LOCKED");
  }
  CHECK_MESSAGE(log_in(rig, 10, "9999") == "-WRONGPASS", "another unknown account is not locked");
  CHECK_MESSAGE(sizeof(bank::UnknownAccounts) < 100'000,
                "the counters of unknown accounts take a fixed, small amount of memory");
}

TEST_CASE("a user name that is not a number is never locked") {
  Rig rig;
  for (int i = 0; i < 7; ++i) {
    const bank::Login login = bank::log_in(rig.bank(), std::nullopt, bank::Secret("1234"));
    CHECK(rig::code(rig::text(login.reply)) == "-WRONGPASS");
  }
}

TEST_CASE("a wrong PIN, a locked account and an unknown account take the same work") {
  Rig rig({.store = rig::Store::sqlite});
  rig.open_account();  // 1: wrong PINs
  rig.open_account();  // 2: locked
  for (int i = 0; i < 5; ++i) log_in(rig, 2, "9999");
  for (int i = 0; i < 5; ++i) log_in(rig, 8, "9999");
  Raw file(rig.shelf().file());
  const auto version = [&file] { return file.ask("PRAGMA data_version"); };
  for (const auto& [id, reply] : std::vector<std::pair<ledger::AccountId, std::string>>{
           {1, "-WRONGPASS"}, {2, "-LOCKED"}, {7, "-WRONGPASS"}, {8, "-LOCKED"}}) {
    const ledger::AccountId account = id;
    CAPTURE(account);
    const std::int64_t hashes = rig.bank().pins.computed();
    const std::int64_t commits = rig.bank().commits.commits();
    const std::string before = version();
    CHECK(log_in(rig, account, "9999") == reply);
    CHECK_MESSAGE(rig.bank().pins.computed() - hashes == 1, "one hash is computed");
    CHECK_MESSAGE(rig.bank().commits.commits() - commits == 1, "one change is committed");
    CHECK_MESSAGE(version() != before, "the commit writes to the file, so it takes a sync");
  }
}

// A sanitizer needs far more address space than is left here.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("without memory for Argon2 a login gets STORE, and the attempt is not counted") {
  Rig rig({.pin_cost = bank::Pins::Cost::service});
  rig.open_account();
  for (int i = 0; i < 7; ++i) {
    const ScarceMemory scarce;
    CHECK(log_in(rig, 1, "1234") == "-STORE");
    CHECK(log_in(rig, 9, "1234") == "-STORE");
  }
  {
    const auto asked = rig.start_held(rig::teller(), "PASSWD 1 4321", rig::Point::checked);
    const ScarceMemory scarce;
    asked.txn->resume();
    CHECK(rig::code(rig.finish(asked)) == "-STORE");
  }
  CHECK(log_in(rig, 1, "1234") == "+OK");
  CHECK(log_in(rig, 9, "1234") == "-WRONGPASS");
}
#endif

TEST_CASE("a damaged hash in the ledger gets STORE, not WRONGPASS") {
  Rig rig;
  rig.open_account();
  for (const char* damaged :
       {"none", "", "$argon2id$v=19$m=8,t=1,p=1$", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
        "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAA!!$aGFzaA",
        "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$aGFzaA",
        "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    CAPTURE(damaged);
    {
      const auto unit = rig.shelf().ledger().begin();
      unit->set_pin(1, damaged);
      unit->commit();
    }
    CHECK(log_in(rig, 1, "1234") == "-STORE");
  }
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
  CHECK_FALSE(pins.matches(std::nullopt, bank::Secret("no account has this PIN")));
  CHECK_FALSE(pins.matches(std::nullopt, bank::Secret("1234")));
}

TEST_CASE("a hash that libsodium made matches its PIN only") {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  REQUIRE(crypto_pwhash_str(hash.data(), "1234", 4, crypto_pwhash_OPSLIMIT_MIN,
                            crypto_pwhash_MEMLIMIT_MIN) == 0);
  hash.resize(hash.find('\0'));
  const bank::Pins pins(bank::Pins::Cost::cheap);
  CHECK(pins.matches(hash, bank::Secret("1234")));
  CHECK_FALSE(pins.matches(hash, bank::Secret("1235")));
  CHECK_FALSE(pins.matches(hash, bank::Secret("12340")));
}
