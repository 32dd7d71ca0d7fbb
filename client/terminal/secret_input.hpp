#pragma once

/// Reads PINs and the teller's secret from a file or the terminal, never from the command line.

#include <stdexcept>
#include <string>

#include "client/wire/interrupt.hpp"
#include "client/wire/secret.hpp"

namespace client {

/// The command lacks something that the user has to give, such as a PIN. what() is one line that
/// says what.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Return the first line of a file: the teller's secret, or a PIN. Block if the file is a pipe.
/// Throw UsageError if the file cannot be read or is open to other users, if the secret has fewer
/// than 6 bytes, or if the PIN does not have 4 to 12 digits; Interrupted.
Secret read_secret_file(const std::string& path, Interrupt& interrupt);
Secret read_pin_file(const std::string& path, Interrupt& interrupt);

/// Asks on the controlling terminal with echo off, and restores its modes on every way out, also
/// while the program is stopped (Ctrl-Z); it asks again when it is continued.
/// Returns the line. Blocks until it was entered. Throws UsageError without a terminal (its text
/// recommends `option`) or at the end of the input; Interrupted at Ctrl-C.
Secret ask_secret(const std::string& question, const std::string& option, Interrupt& interrupt);

/// Asks twice, until both answers are the same. Throws as ask_secret, and UsageError unless
/// the PIN has 4 to 12 digits.
Secret ask_new_pin(const std::string& option, Interrupt& interrupt);

}  // namespace client
