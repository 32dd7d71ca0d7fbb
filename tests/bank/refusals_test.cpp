/// Refusals change nothing, hold nothing and leave no trace of their key; if several apply, the
/// first of a fixed order is given.

#include "server/bank/refusals.hpp"

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Rig;

namespace {

/// Accounts: 1 has 100; 2 has the largest balance; 3 has 100 and is frozen.
class Refused {
 public:
  Refused() : rig_(rig::each_store_and_mechanism()) {
    rig_.open_account(100);
    const auto unit = rig_.shelf().ledger().begin();
    ledger::Opening full;
    full.pin_hash = "none";
    full.balance = ledger::largest_amount;
    unit->create(full);
    ledger::Cents balance = full.balance;
    while (balance < ledger::largest_balance) balance = filled(*unit, balance);
    unit->create({"none", 100, std::nullopt, 1});
    unit->set_frozen(3, true);
    unit->commit();
  }

  /// Returns the code of the reply, and checks that nothing has changed.
  std::string ask(const std::string& command, const rig::SessionRef& as = rig::teller()) {
    const std::string reply = rig_.ask(as, command);
    CHECK(rig_.balance(1) == 100);
    CHECK(rig_.balance(2) == ledger::largest_balance);
    CHECK(rig_.balance(3) == 100);
    CHECK(rig_.quiet());
    return rig::code(reply);
  }
  Rig& rig() { return rig_; }

 private:
  static ledger::Cents filled(ledger::UnitOfWork& unit, ledger::Cents balance) {
    ledger::Posting more;
    more.kind = ledger::Kind::deposit;
    more.credit = 2;
    more.amount = std::min(ledger::largest_amount, ledger::largest_balance - balance);
    more.credit_after = balance + more.amount;
    unit.store(more);
    return more.credit_after;
  }

  Rig rig_;
};

}  // namespace

TEST_CASE("NOACCOUNT comes before FROZEN, FROZEN before FUNDS, FUNDS before OVERFLOW") {
  Refused on;
  CHECK(on.ask("DEPOSIT 9 1") == "-NOACCOUNT");
  CHECK(on.ask("DEPOSIT 0 1") == "-NOACCOUNT");
  CHECK(on.ask("WITHDRAW 9 1") == "-NOACCOUNT");
  CHECK(on.ask("BALANCE 9") == "-NOACCOUNT");
  CHECK(on.ask("BALANCE 0") == "-NOACCOUNT");
  CHECK(on.ask("HISTORY 9") == "-NOACCOUNT");
  CHECK(on.ask("PASSWD 9 1234") == "-NOACCOUNT");
  CHECK(on.ask("TRANSFER 1 9 1") == "-NOACCOUNT");
  CHECK(on.ask("TRANSFER 9 1 1") == "-NOACCOUNT");
  CHECK(on.ask("TRANSFER 0 1 1") == "-NOACCOUNT");
  CHECK(on.ask("TRANSFER 1 0 1") == "-NOACCOUNT");
  CHECK(on.ask("TRANSFER 3 9 1000") == "-NOACCOUNT");
  CHECK(on.ask("DEPOSIT 3 1") == "-FROZEN");
  CHECK(on.ask("WITHDRAW 3 1000") == "-FROZEN");
  CHECK(on.ask("TRANSFER 3 2 1000") == "-FROZEN");
  CHECK(on.ask("TRANSFER 1 3 1000") == "-FROZEN");
  CHECK(on.ask("WITHDRAW 1 101") == "-FUNDS");
  CHECK(on.ask("TRANSFER 1 2 101") == "-FUNDS");
  CHECK(on.ask("TRANSFER 1 2 1") == "-OVERFLOW");
  CHECK(on.ask("DEPOSIT 2 1") == "-OVERFLOW");
}

TEST_CASE("a frozen account can be read, and its PIN changed") {
  Refused on;
  CHECK(on.ask("BALANCE 3") == "100");
  CHECK(on.ask("HISTORY 3").starts_with("[{id:"));
  CHECK(on.ask("PASSWD 3 4321") == "+OK");
}

TEST_CASE("errors of the arguments come before the key, the key before the account") {
  Refused on;
  CHECK(on.ask("DEPOSIT 9 0 KEY k") == "-AMOUNT");
  CHECK(on.ask("DEPOSIT 9 1 KEY k", rig::nobody()) == "-NOAUTH");
  CHECK(on.ask("DEPOSIT 9 1 KEY k", rig::customer(1)) == "-NOPERM");
  {
    const auto unit = on.rig().shelf().ledger().begin();
    unit->store_tombstone(9, "k", 1);
    unit->commit();
  }
  CHECK(on.ask("DEPOSIT 9 1 KEY k") == "-CANCELLED");
  CHECK(on.ask("DEPOSIT 9 0 KEY k") == "-AMOUNT");
}

TEST_CASE("a refusal leaves no trace of its key, so a later request may use it") {
  Refused on;
  CHECK(on.ask("WITHDRAW 1 101 KEY k") == "-FUNDS");
  CHECK(on.rig().outcome(1, "k") == "none");
  CHECK(on.rig().ask("WITHDRAW 1 100 KEY k") == "0");
}

TEST_CASE("a ledger that cannot be read gives STORE and leaves nothing behind") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  for (int well = 0; well < 2; ++well) {
    rig.shelf().disk().fail_read(well);
    CHECK(rig::code(rig.ask("WITHDRAW 1 5 KEY k")) == "-STORE");
    CHECK(rig.quiet());
  }
  CHECK(rig.outcome(1, "k") == "none");
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
}

TEST_CASE("a server that takes no request says that a later try may succeed") {
  CHECK(rig::text(bank::refusals::shutting_down(true)) ==
        "-SHUTDOWN the server is going down; try again later with the same key");
  CHECK(rig::text(bank::refusals::shutting_down(false)) ==
        "-SHUTDOWN the server is going down; try again later");
  CHECK(rig::text(bank::refusals::busy(true)) ==
        "-BUSY too many requests are waiting; try again later with the same key");
  CHECK(rig::text(bank::refusals::busy(false)) ==
        "-BUSY too many requests are waiting; try again later");
  CHECK(rig::text(bank::refusals::no_thread()) ==
        "-BUSY the system has no thread to give for a long read; try again later");
}

TEST_CASE("a wrong teller secret is refused without a word of accounts and PINs") {
  CHECK(rig::text(bank::refusals::wrong_teller_secret()) ==
        "-WRONGPASS that is not the teller secret");
}
