#pragma once

/// The exit status of `atm`, and how it follows from the end of a command. Nothing else chooses it,
/// but for wrong usage, an unsound ledger (admin audit) and refusals during a benchmark.

#include "client/commands/request.hpp"

namespace client {

enum ExitStatus : int {
  exit_done = 0,
  exit_refused = 1,
  exit_usage = 2,
  exit_cancelled = 3,  // or past its deadline
  exit_unknown = 4,    // the outcome is not known (yet)
  exit_cannot_connect = 5,
};

/// Returns the exit status of a command that ended like this.
ExitStatus exit_status(const Ending& ending);

/// Returns the exit status of a command whose whole purpose is to cancel: done if nothing was or
/// will be changed, refused if it was too late or if there is no such transaction.
ExitStatus exit_status_of_verdict(const Reply& verdict);

}  // namespace client
