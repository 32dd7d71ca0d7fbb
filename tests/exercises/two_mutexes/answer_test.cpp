#include "transfers.hpp"

using exercise::Mechanism;
using transfers::Transfers;

namespace {

constexpr std::string_view left_locked =
    "A transfer has ended and left a mutex locked: a later one waits for it for ever.";

const exercise::Trial alone{"a transfer alone",
                            {.stuck = left_locked, .runs = 1},
                            [](explore::Run& run, Mechanism mechanism) {
                              Transfers bank(run, mechanism, 1);
                              bank.spawn("transfer", bank.one, bank.other, 60);
                              run.go();
                              run.check(bank.one.cents == 40 && bank.other.cents == 160,
                                        "The money was not moved.");
                              bank.check_end();
                            }};

const exercise::Trial crossing{"two transfers in opposite directions",
                               {.stuck = "Two transfers wait for each other's mutex for ever."},
                               [](explore::Run& run, Mechanism mechanism) {
                                 Transfers bank(run, mechanism, 2);
                                 bank.spawn("1 to 2", bank.one, bank.other, 60);
                                 bank.spawn("2 to 1", bank.other, bank.one, 30);
                                 run.go();
                                 run.check(bank.one.cents == 70 && bank.other.cents == 130,
                                           "The money was not moved.");
                                 bank.check_end();
                               }};

const exercise::Trial cancelled{
    "a cancel of one of two transfers",
    {.stuck = left_locked},
    [](explore::Run& run, Mechanism mechanism) {
      Transfers bank(run, mechanism, 2);
      const auto first = bank.spawn("first", bank.one, bank.other, 60);
      bank.spawn("second", bank.other, bank.third, 40);
      explored::Canceller canceller;
      run.spawn("canceller", [&] {
        exercise::note("cancels the first");
        canceller.cancel(*first);
      });
      run.go();
      const bool was_cancelled = canceller.verdict == cancel::Verdict::cancelled;
      run.check(bank.one.cents == (was_cancelled ? 100 : 40) && bank.third.cents == 140,
                "The canceller's verdict does not agree with the balances.");
      bank.check_end();
    }};

const exercise::Trial three{"three transfers for which there is not enough",
                            {.stuck = left_locked, .runs = 400},
                            [](explore::Run& run, Mechanism mechanism) {
                              Transfers bank(run, mechanism, 3);
                              for (const char* const name : {"first", "second", "third"}) {
                                bank.spawn(name, bank.one, bank.other, 50);
                              }
                              run.go();
                              bank.check_end();
                            }};

}  // namespace
