/// Rules of the program that end the process if code breaks them.

#include <doctest/doctest.h>

#include "server/bank/account_lock.hpp"
#include "server/bank/steps.hpp"
#include "tests/bank/rig.hpp"
#include "tests/cancel/forked.hpp"

namespace {

/// A transaction that no worker runs. A child process breaks a rule with it.
std::shared_ptr<bank::Transaction> unstarted(rig::Rig& rig) {
  return bank::Transaction::admit(rig.bank(), {"DEPOSIT", "1", "5"},
                                  {std::make_shared<rig::Inbox>(), rig::teller(), 7},
                                  rig.threads());
}

}  // namespace

TEST_CASE("a second reply, a store that can be cancelled, and locks out of order end the process") {
  rig::Rig rig;
  rig.open_account(100);
  const auto txn = unstarted(rig);
  CHECK(broken_rule([&] {
          txn->seal(bank::Reply::ok());
          txn->seal(bank::Reply::ok());
        }) == "a transaction replies once");
  CHECK(broken_rule([&] { bank::store(*txn, ledger::Posting{}); }) ==
        "a transaction stores only after its point of no return");
  CHECK(broken_rule([&] {
          const bank::AccountLock second(*txn, 2);
          const bank::AccountLock first(*txn, 1);
        }) == "a transaction locks its accounts in ascending order");
  CHECK(txn->undo_admission().has_value());
}
