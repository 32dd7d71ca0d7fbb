#pragma once

/// A bank whose accounts 1 and 2 hold 160 and 40, and one settlement of them.

#include <string>

#include "tests/bank/explored_bank.hpp"
#include "tests/db/steps.hpp"
#include "tests/exercises/trial.hpp"

namespace settlement {

/// The command is spelled TRANSFER here, since the grammar of the bank has no SETTLE.
inline std::string settle(int account, int to, int amount) {
  return "TRANSFER " + std::to_string(account) + " " + std::to_string(to) + " " +
         std::to_string(amount);
}

/// Moves 60 from account 2 to account 1 before the run begins.
inline void make_unequal(explored::Bank& world) {
  const auto unit = world.ledger().begin();
  unit->store(steps::transfer(2, explored::opening, 1, explored::opening, 60));
  unit->commit();
}

inline bool balances_are(explored::Bank& world, ledger::Cents one, ledger::Cents two) {
  return world.ledger().account(1)->balance == one && world.ledger().account(2)->balance == two;
}

/// Checks what must hold at the end of every run.
inline void check_end(explore::Run& run, explored::Bank& world) {
  run.check(world.bank().accounts.held() == 0, "An account was left locked.");
  run.check(world.bank().transactions.size() == 0, "A handle was left.");
  run.check(world.bank().counters.live_buffers.load() == 0, "A buffer was left.");
  run.check(steps::audit(world.ledger()).violations == 0,
            "The balances do not agree with the transfers.");
}

/// Settles once, in one order of the threads, and expects these balances and the reply.
inline void check_once(explore::Run& run, exercise::Mechanism mechanism, const std::string& command,
                       ledger::Cents one, ledger::Cents two, const std::string& reply,
                       std::string_view sentence) {
  explored::Bank world(run, mechanism, 1);
  make_unequal(world);
  const auto customer = world.ask(command);
  run.go();
  run.check(customer->code() != "-STORE",
            "The settlement was not stored: the ledger refused a posting whose amount and balances "
            "do not agree.");
  run.check(balances_are(world, one, two) && customer->reply() == reply, sentence);
  check_end(run, world);
}

}  // namespace settlement
