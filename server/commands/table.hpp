#pragma once

/// The commands that are not transactions. Each command, or subcommand, is one row: how it is
/// written, the lowest role that may give it, and the function that executes it. A command whose
/// first word begins no row is admitted as a transaction, known or unknown.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/bank/grammar.hpp"
#include "server/bank/session.hpp"
#include "server/commands/arguments.hpp"
#include "server/commands/server.hpp"

namespace commands {

struct Command {
  bank::Grammar grammar;
  bank::Role lowest_role;
  /// Answers the client, or announces a later answer with answered_later(). The boss's thread;
  /// never blocks.
  void (*execute)(Server& server, const Client& client, const Arguments& asked);
  /// True if it runs even between MULTI, which is always refused, and its EXEC.
  bool inside_multi = false;
  /// True if it runs on a connection of RESP 2 that watches, where a reply might be taken for an
  /// event.
  bool while_watching = false;
  /// Called if the command is malformed, after its refusal is sent: for a command whose refusal
  /// changes the meaning of those behind it.
  void (*if_malformed)(Connection& client) = nullptr;
};

/// Executes one command of that client. `words` has at least one element. The boss's thread; never
/// blocks.
void execute(Server& server, const Client& client, Words words);

/// Every row.
const std::vector<Command>& rows();
/// The usages of all commands with that first word, joined: "TXN LIST | SHOW handle | …"; empty if
/// there are none.
std::string usages(std::string_view word);

/// A command, read by the grammar of its row.
struct Parsed {
  const Command* row = nullptr;  // null: a transaction, if there is no fault
  Arguments asked;               // complete if there is no fault
  std::optional<Reply> fault;    // why the command is malformed
};
Parsed parse(const Words& words);

/// The refusal of a SELECT, and of the bank's commands after it.
Reply only_database_0();
/// The refusal of most commands of a connection of RESP 2 that watches.
Reply only_watching();
/// The refusal of a command between MULTI and its EXEC, and of the EXEC.
Reply exec_aborted();

// The rows of each family, in its file.
extern const std::span<const Command> stock_commands;      // PING … RESET: see stock.cpp
extern const std::span<const Command> login_commands;      // AUTH, HELLO
extern const std::span<const Command> client_commands;     // CLIENT
extern const std::span<const Command> catalogue_commands;  // COMMAND
extern const std::span<const Command> info_commands;       // INFO
extern const std::span<const Command> key_commands;        // STATUS, CANCEL
extern const std::span<const Command> operator_commands;   // TXN, HOLD, ACCOUNT, DRAIN

}  // namespace commands
