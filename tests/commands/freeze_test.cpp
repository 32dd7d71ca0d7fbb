// ACCOUNT FREEZE: first the mark is made durable, then the account's transactions are cancelled.
// +OK means that none of them is in flight.

#include <doctest/doctest.h>

#include "server/commands/accounts.hpp"
#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;

namespace {

/// Runs FREEZE as the reserve does.
class Freeze {
 public:
  Freeze(Rig& rig, ledger::AccountId account) : rig_(rig), shared_(std::make_shared<Shared>()) {
    rig.elsewhere([&bank = rig.bank(), shared = shared_, account] {
      commands::freeze(bank, account, [shared](const bank::Reply& reply) {
        const seam::Lock lock(shared->mutex);
        shared->reply = rig::text(reply);
      });
    });
  }
  std::string answer() const {
    const seam::Lock lock(shared_->mutex);
    return shared_->reply;
  }
  std::string wait() {
    rig_.attend_until([this] { return !answer().empty(); });
    return answer();
  }

 private:
  struct Shared {
    seam::Mutex mutex;
    std::string reply GUARDED_BY(mutex);
  };
  Rig& rig_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace

TEST_CASE("a freeze cancels the account's transactions at any stage, and those of no other") {
  Rig rig(rig::each_store_and_mechanism());
  for (int i = 0; i < 3; ++i) rig.open_account(100);
  const Asked owner = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::modified);
  const Asked waiting = rig.start(rig::teller(), "TRANSFER 2 1 5");
  rig.attend_until_waiting(waiting, "lock");
  const Asked reading = rig.start_held(rig::teller(), "HISTORY 1", Point::scanning);
  const Asked queued = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::queued);
  const Asked other = rig.start_held(rig::teller(), "DEPOSIT 3 5", Point::modified);
  Freeze freeze(rig, 1);
  CHECK(freeze.wait() == "+OK");
  for (const Asked* each : {&owner, &waiting, &reading, &queued}) {
    const Asked& asked = *each;
    const std::string reply = asked.reply().value_or("none");
    // The waiter may acquire the mutex from the first one, and read the frozen mark.
    const bool refused = each == &waiting && rig::code(reply) == "-FROZEN";
    CHECK((refused || reply.find("by freeze at ") != std::string::npos));
    CHECK(rig.bank().transactions.find(asked.txn->handle()) == nullptr);
  }
  CHECK(rig.outcome(1, "k") == "none");
  other.txn->resume();
  CHECK(rig.finish(other) == "105");
  CHECK(rig::code(rig.ask("DEPOSIT 1 5")) == "-FROZEN");
  CHECK(rig::text(commands::unfreeze(rig.bank(), 1)) == "+OK");
  CHECK(rig.ask("DEPOSIT 1 5") == "105");
}

TEST_CASE("a freeze waits for a transaction that can no longer be cancelled") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  const Asked commits = rig.start_held(rig::teller(), "TRANSFER 2 1 5", Point::committing);
  const Asked read = rig.start_held(rig::teller(), "BALANCE 1", Point::lock_wait);
  Freeze freeze(rig, 1);
  CHECK(rig::code(rig.finish(read)) == "-CANCELLED");
  CHECK(freeze.answer().empty());
  commits.txn->resume();
  CHECK(rig.finish(commits) == "95");
  CHECK(freeze.wait() == "+OK");
  CHECK(rig.balance(1) == 105);
}

TEST_CASE("the frozen mark is durable before a transaction is cancelled") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  const Asked held = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::modified);
  rig.gate().shut();
  Freeze freeze(rig, 1);
  rig.attend_until([&] { return rig.gate().waited_at(); });
  CHECK(held.txn->stage() == cancel::Stage::running);
  rig.gate().open();
  CHECK(freeze.wait() == "+OK");
  CHECK(rig.shelf().ledger().account(1)->frozen);
}

TEST_CASE("a freeze cancels a reverse that touches the account as its second") {
  Rig rig(rig::each_mechanism());
  rig.open_account(100);
  rig.open_account(100);
  rig.ask("TRANSFER 1 2 5 KEY k");
  const Asked asked = rig.start_held(rig::teller(), "REVERSE 1 k", Point::modified);
  Freeze freeze(rig, 2);
  CHECK(freeze.wait() == "+OK");
  CHECK(rig::code(rig.finish(asked)) == "-CANCELLED");
  CHECK(rig::code(rig.ask("REVERSE 1 k")) == "-FROZEN");
}

TEST_CASE("a freeze is refused without an account, or if the ledger fails") {
  Rig rig;
  rig.open_account(100);
  CHECK(rig::code(Freeze(rig, 9).wait()) == "-NOACCOUNT");
  CHECK(rig::code(Freeze(rig, 0).wait()) == "-NOACCOUNT");
  rig.shelf().disk().fail_read();
  CHECK(rig::code(Freeze(rig, 1).wait()) == "-STORE");
  rig.shelf().disk().fail_commit(ledger::CommitFailure::refused);
  CHECK(rig::code(Freeze(rig, 1).wait()) == "-STORE");
  CHECK(rig.ask("DEPOSIT 1 5") == "105");
  rig.shelf().disk().fail_commit(ledger::CommitFailure::unknown_done);
  CHECK(rig::code(Freeze(rig, 1).wait()) == "-UNKNOWN");
  rig.restart();
  CHECK(rig::code(rig.ask("DEPOSIT 1 5")) == "-FROZEN");
}
