#include "settle.hpp"
#include "worlds.hpp"

using exercise::Mechanism;
using settlement::settle;

namespace {

const exercise::Trial equal{
    "accounts that are even already", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      const auto customer = world.ask(settle(1, 2, 9000));
      run.go();
      run.check(customer->reply() == "100", "Even accounts were refused, or have a wrong reply.");
      run.check(world.ledger().history(1, INT64_MAX, 10).size() == 1,
                "A settlement of nothing was stored.");
      run.check(world.bank().accounts.held() == 0, "A settlement of nothing left a lock behind.");
    }};

const exercise::Trial frozen{
    "an account that is frozen", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      for (const ledger::AccountId id : {1, 2}) {
        explored::Bank world(run, mechanism, 1);
        settlement::make_unequal(world);
        const auto unit = world.ledger().begin();
        unit->set_frozen(id, true);
        unit->commit();
        const auto customer = world.ask(settle(1, 2, 9000));
        run.go();
        run.check(customer->code() == "-FROZEN" && settlement::balances_are(world, 160, 40),
                  "Money was moved to or from a frozen account.");
      }
    }};

const exercise::Trial with_withdrawal{
    "three settlements, one of which is cancelled", {}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 3);
      settlement::make_unequal(world);
      const auto first = world.ask(settle(2, 1, 10));
      world.ask(settle(1, 2, 10));
      world.ask(settle(1, 2, 10));
      run.spawn("canceller", [&] {
        first->txn->cancel(bank::order_of(bank::Reason::operator_), [](cancel::Verdict) {});
      });
      run.go();
      const ledger::Cents left = first->code() == "-CANCELLED" ? 140 : 130;
      run.check(settlement::balances_are(world, left, 200 - left),
                "Settlements of 10 that ran together did not move 10 each.");
      settlement::check_end(run, world);
    }};

}  // namespace
