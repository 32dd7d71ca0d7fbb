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

/// The columns of the terminal on standard output, at least 40 and at most 80; 80 for a pipe or a
/// file.
std::size_t columns_of_output();

}  // namespace lesson
