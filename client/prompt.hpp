#pragma once

/// Commands read one a line: at a prompt with history and completion, or from a pipe.

#include <functional>
#include <optional>
#include <string>

#include "client/run.hpp"

namespace client {

/// Reads commands until the input ends, `quit`, or Ctrl-C at a pipe, and performs each. `admin`:
/// they are the operator's. Returns the exit status of the last command, as a shell does; 0 if
/// there was none. On a terminal a customer, or teller, logs in first; if that fails, so does the
/// prompt. Blocks.
int run_prompt(Run& run, bool admin);

/// Performs one line and prints what came of it; empty lines and those beginning with # do
/// nothing. Returns its exit status; nothing if it is `quit` or `exit`.
std::optional<int> perform_line(Run& run, const std::string& line, bool admin, int last_status);

/// Hands each line of standard input to `perform` until that returns nothing or the input ends.
/// Throws Interrupted.
using PerformLine = std::function<bool(const std::string& line)>;
void read_piped_lines(Interrupt& interrupt, const PerformLine& perform);

/// The same on a terminal, with libedit. Ctrl-C gives up the line being typed.
void read_typed_lines(Interrupt& interrupt, bool admin, const PerformLine& perform);

}  // namespace client
