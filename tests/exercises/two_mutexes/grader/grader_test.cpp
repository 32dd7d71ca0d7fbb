#include "transfers.hpp"

using exercise::Mechanism;
using transfers::Transfers;

namespace {

const exercise::Trial refused{
    "a transfer of more than there is",
    {.stuck = "A refused transfer left a mutex locked.", .runs = 1},
    [](explore::Run& run, Mechanism mechanism) {
      Transfers bank(run, mechanism, 1);
      const auto request = bank.spawn("transfer", bank.other, bank.one, 160);
      run.go();
      run.check(bank.one.cents == 100, "A transfer of more than there is moved money.");
      run.check(request->stage() == cancel::Stage::answered,
                "A refusal came after the point of no return.");
      bank.check_end();
    }};

const exercise::Trial crossing_and_cancelled{
    "a cancel of one of two transfers in opposite directions",
    {.stuck = "Transfers wait for ever although one of them was cancelled."},
    [](explore::Run& run, Mechanism mechanism) {
      Transfers bank(run, mechanism, 2);
      const auto first = bank.spawn("1 to 2", bank.one, bank.other, 60);
      bank.spawn("2 to 1", bank.other, bank.one, 30);
      explored::Canceller canceller;
      run.spawn("canceller", [&] { canceller.cancel(*first); });
      run.go();
      bank.check_end();
    }};

}  // namespace
