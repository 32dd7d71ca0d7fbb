#pragma once

/// A transaction's arguments: the textbook's steps 4 and 5, parsing and checking.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "server/bank/grammar.hpp"
#include "server/bank/operation.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/secret.hpp"
#include "server/bank/session.hpp"

namespace bank {

struct Arguments {
  Operation operation = Operation::unknown;
  ledger::AccountId account = 0;  // `from` of a transfer; 0 of a create
  ledger::AccountId to = 0;       // of a transfer
  ledger::Cents amount = 0;       // of a create: the opening balance
  std::string key;                // empty if none was given; of a reverse: the key to undo
  Secret pin;
  std::string path;
  std::int64_t limit = 20;
  ledger::TransferId before = 0;  // 0: from the newest
  std::optional<std::chrono::milliseconds> timeout;

  /// The refusal that applies first, if one does. The other members hold what could be read, so
  /// that the transaction can be listed; check() then refuses it.
  std::optional<Reply> fault;

  /// True if the transaction claims its key. (A reverse names the key of another transaction.)
  bool claims_key() const { return !key.empty() && operation != Operation::reverse; }
  /// The key, with the change that it is claimed for. Only of a known operation.
  ledger::Claim claim() const;
};

/// Reads a command (its name first, at least one element) for that session. Wrong arguments do not
/// throw: see `fault`. Faults come in this order: ERR, NOAUTH, NOPERM, AMOUNT.
Arguments parse_arguments(const std::vector<std::string>& command, const Session& session);

/// How a transaction is written, the change it makes, and the lowest role that may ask for it.
struct TransactionCommand {
  Operation operation;
  ledger::Kind kind;  // of the transfer that it stores; none if it stores none
  Role least;
  Grammar grammar;
};
/// One row for each transaction, in the order of the operations.
std::span<const TransactionCommand> transaction_commands();

/// Returns NOAUTH or NOPERM if the session's role is below `least`.
std::optional<Reply> lacks_role(const Session& session, Role least);

/// Whether the text has 1–64 characters, all of them 0x21–0x7E.
bool is_key(std::string_view text);
/// Whether the text is 4–12 digits.
bool is_pin(std::string_view text);
/// Reads a number of at least `least`; empty if the text is not one.
std::optional<std::int64_t> natural(std::string_view text, std::int64_t least = 0);

}  // namespace bank
