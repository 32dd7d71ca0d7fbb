#pragma once

/// A transaction's arguments: the textbook's steps 4 and 5, parsing and checking.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "server/bank/operation.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/session.hpp"

namespace bank {

struct Arguments {
  Operation operation = Operation::unknown;
  ledger::AccountId account = 0;  // `from` of a transfer; 0 of a create
  ledger::AccountId to = 0;       // of a transfer
  ledger::Cents amount = 0;       // of a create: the opening balance
  std::string key;                // empty if none was given; of a reverse: the key to undo
  std::string pin;
  std::string path;
  std::int64_t limit = 20;
  ledger::TransferId before = 0;  // 0: from the newest
  std::optional<std::chrono::milliseconds> timeout;

  /// The first thing wrong with them, if anything is. What could be read stands all the same, so
  /// that the transaction can be listed; it refuses itself when it comes to check.
  std::optional<Reply> fault;

  /// Whether the transaction claims its key. (A reverse names another's.)
  bool claims_key() const { return !key.empty() && operation != Operation::reverse; }
  /// What it claims the key for.
  ledger::Claim claim() const;
};

/// Reads a command (its name first, at least one element) for that session. Wrong arguments are
/// no exception: see `fault`. Faults come in this order: ERR, NOAUTH, NOPERM, AMOUNT.
Arguments parse_arguments(const std::vector<std::string>& command, const Session& session);

/// How a command is written; empty for an unknown one.
std::string_view usage(Operation operation);

/// 1–64 characters 0x21–0x7E.
bool is_key(std::string_view text);
/// 4–12 digits.
bool is_pin(std::string_view text);
/// A number of at least `least`; nothing if the text is none.
std::optional<std::int64_t> natural(std::string_view text, std::int64_t least = 0);

}  // namespace bank
