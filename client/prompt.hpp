#pragma once

#include "client/commands/run.hpp"

namespace client {

/// Reads commands, one on each line, from a terminal or a pipe and performs them, until the input
/// ends, at `quit`, or at Ctrl-C on a pipe. With `admin` they are operator commands. On a terminal
/// it logs in first. Returns the exit status of the last command, as a shell does; 0 if there was
/// none; that of the login if it failed. Blocks.
int run_prompt(Run& run, bool admin);

}  // namespace client
