#pragma once

/// The arguments of a command that is not a transaction.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/bank/grammar.hpp"
#include "server/cancel/holds.hpp"

namespace commands {

struct Arguments {
  std::int64_t account = 0;                  // 0 for the key of a CREATE
  std::optional<std::int64_t> only_account;  // option ACCOUNT
  std::string key;
  std::string handle;  // as written: a malformed one counts as not in flight
  std::string reason;
  std::chrono::milliseconds wait{0};
  cancel::Hold hold;
  /// A client's id, a database (-1 if malformed), a protocol version.
  std::optional<std::int64_t> number;
  std::optional<std::string> text;                           // a message, a section, a mode
  std::optional<std::string> name;                           // of a client
  std::optional<std::pair<std::string, std::string>> login;  // user and secret
  std::vector<std::string> words;                            // of COMMAND: commands, in lower case

  /// Reads one value, as bank::Grammar::read() gives it. Throws bank::Refusal if it is malformed.
  void read(std::string_view what, bank::WordSpan values);
};

}  // namespace commands
