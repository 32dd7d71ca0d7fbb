#pragma once

/// Input from a person at the terminal.

#include <optional>
#include <string>

namespace lesson {

/// Reads one line of standard input, without its end. Returns nothing at the end of the input.
/// Blocks.
std::optional<std::string> read_line();

/// Waits for any key; its character is not shown. Returns at once at the end of the input.
void await_key();

struct TerminalSize {
  std::size_t columns;
  std::size_t rows;
};

/// The size of the terminal on standard output. Both are 0 if it is not a terminal or has no size.
TerminalSize size_of_output();

}  // namespace lesson
