#pragma once

/// Reads lines of commands: from a pipe, or on a terminal with history and completion.

#include <functional>
#include <string>
#include <vector>

#include "client/wire/interrupt.hpp"

namespace client {

/// Performs one line; false ends the reading.
using PerformLine = std::function<bool(const std::string& line)>;

/// Hands each line of standard input to `perform`, until that returns false or the input ends.
/// Throws Interrupted at Ctrl-C, and std::system_error if the input cannot be read. Blocks.
void read_piped_lines(Interrupt& interrupt, const PerformLine& perform);

struct LineStyle {
  std::string question;  // shown before each line
  /// Returns the words that may complete the line typed so far.
  std::function<std::vector<std::string>(const std::string& line)> completions;
};

/// The same on a terminal, with libedit. Ctrl-C gives up the line being typed.
void read_typed_lines(Interrupt& interrupt, const LineStyle& style, const PerformLine& perform);

}  // namespace client
