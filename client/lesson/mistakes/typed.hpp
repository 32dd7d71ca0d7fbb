#pragma once

/// A command as it is typed in the game: a command of atm, with less to type.

#include <string>
#include <string_view>
#include <vector>

#include "client/lesson/mistakes/judge.hpp"

namespace lesson {

struct Typed {
  std::vector<std::string> words;  // the arguments of atm
  std::string name;                // "deposit", "admin cancel", …
  Key key;                         // of the write that it sends or cancels, else without a key
  bool sends = false;              // it sends that write
  std::string fault;               // why it cannot run; empty if it can
};

/// Understands a line. Leaves out a leading `atm` and an `&` at the end; replaces `@KEY` by the
/// handle of the request in flight with that key; adds `--account 1` to a command of a customer
/// that names no account, and a key made of `number` to a write that names none.
Typed understand(std::string_view line, int number, const std::vector<InFlight>& in_flight);

}  // namespace lesson
