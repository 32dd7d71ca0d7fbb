#include "settle.hpp"
#include "worlds.hpp"

using cancel::Verdict;
using exercise::Mechanism;
using settlement::settle;

/// The place in the server from which the exercise is called.
bank::Reply bank::transfer(Transaction& txn) {
  return bank::settle(txn);
}

namespace {

const exercise::Trial first_is_richer{
    "the first account is the richer one", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      settlement::check_once(run, mechanism, settle(1, 2, 60), 100, 100, "100",
                             "The balances and the reply are not what a settlement of 160 and 40 "
                             "leads to: 100 each.");
    }};

const exercise::Trial limited{
    "no more than the amount", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      settlement::check_once(run, mechanism, settle(1, 2, 20), 140, 60, "140",
                             "A settlement of at most 20 did not move 20.");
      settlement::check_once(run, mechanism, settle(1, 2, 9000), 100, 100, "100",
                             "A settlement moved more than half of the difference.");
    }};

const exercise::Trial second_is_richer{
    "the second account is the richer one",
    {.runs = 1},
    [](explore::Run& run, Mechanism mechanism) {
      settlement::check_once(run, mechanism, settle(2, 1, 9000), 100, 100, "100",
                             "The second account is the richer one, and the money did not go from "
                             "it to the first.");
    }};

const exercise::Trial two{
    "two settlements at once, the other way round",
    {.stuck = "Two settlements wait for each other's account for ever."},
    [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 2);
      exercise::name(&world.disk(), "the ledger");
      settlement::make_unequal(world);
      const auto one = world.ask(settle(1, 2, 9000));
      const auto other = world.ask(settle(2, 1, 9000));
      run.go();
      run.check(settlement::balances_are(world, 100, 100) && one->reply() == "100" &&
                    other->reply() == "100",
                "A settlement used balances that the other one was about to change: which way the "
                "money goes must be decided under both mutexes.");
    }};

const exercise::Trial cancelled{
    "a cancel at any moment", {}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      settlement::make_unequal(world);
      const auto customer = world.ask(settle(1, 2, 9000));
      explored::ReceivedVerdict canceller;
      run.spawn("canceller", [&] {
        exercise::note("cancels");
        customer->txn->cancel(bank::order_of(bank::Reason::operator_),
                              [&](Verdict verdict) { canceller.receive(verdict); });
      });
      run.go();
      run.check(world.bank().accounts.held() == 0,
                "A cancelled settlement left an account locked.");
      run.check(
          settlement::balances_are(world, 160, 40) == (canceller.verdict == Verdict::cancelled),
          "The canceller's verdict does not agree with the balances.");
      settlement::check_end(run, world);
    }};

}  // namespace
