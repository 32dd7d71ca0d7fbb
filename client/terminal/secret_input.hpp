#pragma once

/// Reads PINs and the teller's secret from a file or the terminal, never from the command line.

#include <string>

#include "client/terminal/usage_error.hpp"
#include "client/wire/interrupt.hpp"
#include "client/wire/secret.hpp"

namespace client {

/// Return the first line of a file: the teller's secret, or a PIN. Block if the file is a pipe.
/// Throw UsageError if the file cannot be read or is open to other users, if the secret does not
/// have 8 to 1024 bytes, or if the PIN does not have 4 to 12 digits; Interrupted.
Secret read_secret_file(const std::string& path, Interrupt& interrupt);
Secret read_pin_file(const std::string& path, Interrupt& interrupt);

/// Asks for a PIN on the controlling terminal with echo off, and restores its modes on every way
/// out, also while the program is stopped by Ctrl-Z. It asks again when it is continued, also after
/// SIGSTOP, which cannot be caught.
/// Returns the line. Blocks until it was entered. Throws UsageError without a terminal (its text
/// recommends `option`), or unless the line has 4 to 12 digits; Interrupted at Ctrl-C.
Secret ask_pin(const std::string& question, const std::string& option, Interrupt& interrupt);

/// Asks twice, until both answers are the same. Throws as ask_pin().
Secret ask_new_pin(const std::string& option, Interrupt& interrupt);

}  // namespace client
