#pragma once

/// Reads PINs and the teller's secret from a file or the terminal, never from the command line.

#include <stdexcept>
#include <string>

#include "client/wire/interrupt.hpp"
#include "client/wire/secret.hpp"

namespace client {

/// No secret could be read. what() is one line that says what to do.
class NoSecret : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Returns the first line of a file. Throws NoSecret if it cannot be read, is empty or exceeds 512
/// bytes.
Secret read_secret_file(const std::string& path);

/// Asks on the controlling terminal with echo off, and restores the echo on every way out.
/// Returns the line. Blocks until it was entered. Throws NoSecret without a terminal (its text
/// recommends `option`) or at the end of the input; Interrupted at Ctrl-C.
Secret ask_secret(const std::string& question, const std::string& option, Interrupt& interrupt);

/// Asks twice, until both answers are the same. Throws as ask_secret, and as check_new_pin.
Secret ask_new_pin(const std::string& option, Interrupt& interrupt);

/// Throws NoSecret unless the PIN has 4 to 12 digits.
void check_new_pin(const Secret& pin);

}  // namespace client
