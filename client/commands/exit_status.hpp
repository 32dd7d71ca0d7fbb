#pragma once

namespace client {

/// What `atm` tells the shell.
enum ExitStatus : int {
  exit_done = 0,
  exit_refused = 1,
  exit_usage = 2,
  exit_cancelled = 3,  // or past its deadline
  exit_unknown = 4,    // the outcome is not known (yet)
  exit_cannot_connect = 5,
};

}  // namespace client
