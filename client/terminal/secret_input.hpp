#pragma once

/// Reads PINs and the teller's secret from a file or the terminal, never from the command line.

#include <stdexcept>
#include <string>

#include "client/wire/interrupt.hpp"
#include "client/wire/secret.hpp"

namespace client {

/// No secret could be had; what() is one line saying what to do.
class NoSecret : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The first line of a file. Throws NoSecret if it cannot be read, is empty or is over 512 bytes.
Secret read_secret_file(const std::string& path);

/// Asks on the controlling terminal with echo off, and restores the echo on every way out. Blocks
/// until a line is entered. Throws NoSecret without a terminal or at end of input (`option` is what
/// it advises to use instead), Interrupted at Ctrl-C.
Secret ask_secret(const std::string& question, const std::string& option, Interrupt& interrupt);

/// Asks twice, until both answers are the same. Throws as ask_secret.
Secret ask_new_pin(const std::string& option, Interrupt& interrupt);

/// Throws NoSecret unless it has 4 to 12 digits, as a new PIN must.
void check_new_pin(const Secret& pin);

}  // namespace client
