#pragma once

/// Reads lines of commands: from a pipe, or on a terminal with history and completion.

#include <functional>
#include <string>
#include <vector>

#include "client/wire/interrupt.hpp"

namespace client {

/// Performs one line. Returns false to end the reading.
using PerformLine = std::function<bool(const std::string& line)>;

/// Hands each line of standard input to `perform`, until that returns false or the input ends.
/// Throws Interrupted, and UsageError if the input cannot be read. Blocks.
void read_piped_lines(Interrupt& interrupt, const PerformLine& perform);

struct LineStyle {
  std::string question;  // shown before each line
  /// Returns the words that may complete the line typed so far.
  std::function<std::vector<std::string>(const std::string& line)> completions;
  /// Receives one sentence that says why a line was not performed.
  std::function<void(const std::string& complaint)> refuse;
};

/// Does the same on a terminal, with libedit. Ctrl-C discards the line that is being typed, or
/// interrupts the command that runs; it does not end the reading, as SIGTERM and SIGHUP do. A line
/// with bytes that the locale cannot decode is refused. The terminal's modes are restored while the
/// program is stopped.
void read_typed_lines(Interrupt& interrupt, const LineStyle& style, const PerformLine& perform);

}  // namespace client
