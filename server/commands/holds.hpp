#pragma once

/// HOLD: where transactions are to stop, in a server started with --teaching. Answered by the boss;
/// nothing blocks.

#include <optional>
#include <string>
#include <vector>

#include "server/bank/transaction.hpp"

namespace commands {

/// HOLD ADD point [ACCOUNT id] [OP op] | LIST | CLEAR; the words begin with HOLD.
/// Well formed: hold_fault() has found nothing.
bank::Reply hold(bank::Bank& bank, const std::vector<std::string>& words);
/// What is wrong with how it is written, if anything is.
std::optional<bank::Reply> hold_fault(const std::vector<std::string>& words);

/// Removes the holds and lets all held transactions go. The boss's thread.
void clear_holds(bank::Bank& bank);

}  // namespace commands
