#pragma once

/// Commands read one a line: at a prompt with history and completion, or from a pipe.

#include "client/commands/run.hpp"

namespace client {

/// Reads commands until the input ends, `quit`, or Ctrl-C at a pipe, and performs each. `admin`:
/// they are the operator's. Returns the exit status of the last command, as a shell does; 0 if
/// there was none. On a terminal a customer, or teller, logs in first; if that fails, so does the
/// prompt. Blocks.
int run_prompt(Run& run, bool admin);

}  // namespace client
