#include "tests/bank/explored_bank.hpp"
#include "tests/exercises/trial.hpp"

using cancel::Verdict;
using exercise::Mechanism;

namespace {

const exercise::Trial in_the_wait{
    "a cancel while another withdrawal owns the account",
    {.stuck = "A cancelled withdrawal keeps the others waiting."},
    [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 2);
      const auto first = world.ask("WITHDRAW 1 60 KEY a");
      const auto second = world.ask("WITHDRAW 1 60 KEY b");
      explored::ReceivedVerdict canceller;
      run.spawn("canceller", [&] {
        exercise::note("cancels the first");
        first->txn->cancel(bank::order_of(bank::Reason::operator_),
                           [&](Verdict verdict) { canceller.receive(verdict); });
      });
      run.go();
      run.check((canceller.verdict == Verdict::cancelled) == (first->code() == "-CANCELLED"),
                "The customer and the canceller received different answers.");
      run.check(second->code() == (first->reply() == "40" ? "-FUNDS" : "40"),
                "A cancelled withdrawal changed what the next one found.");
      world.check();
    }};

const exercise::Trial repeated{
    "the same key again", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      world.commit_before_run(ledger::Kind::withdraw, ledger::vault, "a");
      const auto customer = world.ask("WITHDRAW 1 60 KEY a");
      run.go();
      run.check(customer->reply() == "40" && world.ledger().account(1)->balance == 40,
                "A withdrawal that was repeated with its key was done twice.");
    }};

const exercise::Trial missing{
    "an account that does not exist", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      const auto customer = world.ask("WITHDRAW 7 60 KEY a");
      run.go();
      run.check(customer->code() == "-NOACCOUNT",
                "A withdrawal from an account that does not exist was not refused.");
    }};

}  // namespace
