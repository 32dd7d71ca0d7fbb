#include <set>

#include "tests/bank/explored_bank.hpp"
#include "tests/exercises/trial.hpp"

using cancel::Stage;
using cancel::Verdict;
using exercise::Mechanism;

namespace {

const exercise::Trial alone{
    "a withdrawal alone", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      const auto customer = world.ask("WITHDRAW 1 60 KEY a");
      run.go();
      run.check(world.ledger().account(1)->balance == 40,
                "The withdrawal was answered, but the balance in the ledger has not changed.");
      run.check(customer->reply() == "40", "The reply is not the new balance.");
      world.check();
    }};

const exercise::Trial refused{
    "a withdrawal of more than there is", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      const auto customer = world.ask("WITHDRAW 1 160 KEY a");
      run.go();
      run.check(customer->code() == "-FUNDS", "An account was overdrawn.");
      run.check(customer->txn->stage() == Stage::answered,
                "A refusal came after the point of no return, where the transaction had promised "
                "to commit.");
      world.check();
    }};

const exercise::Trial points{
    "the points that it passes", {.runs = 1}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      const auto customer = world.ask("WITHDRAW 1 60 KEY a");
      run.go();
      const auto passed = customer->txn->view().passed;
      std::vector<cancel::PointIndex> expected;
      for (const bank::PointDescription& each : bank::point_descriptions) {
        const auto withdraw = bank::set_of(bank::Operation::withdraw);
        if ((each.passed_by & withdraw) == 0) continue;
        expected.push_back(static_cast<cancel::PointIndex>(each.point));
      }
      run.check(passed == expected,
                "The withdrawal does not pass the points of server/bank/points.hpp in their order, "
                "so a cancel has to wait longer than it must.");
    }};

const exercise::Trial two{
    "two withdrawals at once", {}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 2);
      exercise::name(&world.disk(), "the ledger");
      const auto one = world.ask("WITHDRAW 1 60 KEY a");
      const auto other = world.ask("WITHDRAW 1 60 KEY b");
      run.go();
      const std::set<std::string> codes{one->code(), other->code()};
      run.check(codes == std::set<std::string>{"40", "-FUNDS"},
                "One withdrawal used a balance that the other one was about to change: the mutex "
                "must be owned from before the read until after the store.");
      world.check();
    }};

const exercise::Trial cancelled{
    "a cancel at any moment", {}, [](explore::Run& run, Mechanism mechanism) {
      explored::Bank world(run, mechanism, 1);
      const auto customer = world.ask("WITHDRAW 1 60 KEY a");
      explored::ReceivedVerdict canceller;
      run.spawn("canceller", [&] {
        exercise::note("cancels");
        customer->txn->cancel(bank::order_of(bank::Reason::operator_),
                              [&](Verdict verdict) { canceller.receive(verdict); });
      });
      run.go();
      run.check(world.bank().accounts.held() == 0,
                "A cancelled withdrawal left the account locked.");
      const bool unchanged = world.ledger().account(1)->balance == explored::opening;
      run.check(unchanged == (canceller.verdict == Verdict::cancelled),
                "The canceller's verdict does not agree with the balance.");
      world.check();
    }};

}  // namespace
