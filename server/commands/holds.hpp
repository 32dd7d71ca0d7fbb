#pragma once

/// HOLD: the points at which transactions stop, in a server started with --teaching. The boss's
/// thread; nothing here blocks.

#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"

namespace commands {

/// HOLD LIST: every hold, in the order they were added.
bank::Reply list_holds(bank::Bank& bank);
/// Removes the holds and releases all held transactions.
void clear_holds(bank::Bank& bank);

}  // namespace commands
