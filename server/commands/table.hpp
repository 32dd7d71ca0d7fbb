#pragma once

/// The commands. Each entry of the table says who may give it and what answers it; what is not in
/// the table is a transaction, known or unknown, and goes to a worker.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/bank/reply.hpp"
#include "server/bank/session.hpp"
#include "server/commands/server.hpp"

namespace commands {

/// Who may give a command.
enum class Allowed : std::uint8_t { everybody, known, operator_ };

struct Command {
  std::string_view name;
  Allowed allowed;
  /// On the boss's thread: answers at once, or sees to it that the client is answered later.
  void (*execute)(Server& server, const Client& client, const Words& words);
  std::string_view usage;
  /// What is wrong with how it is written, if anything is; told before who may give it. Null: what
  /// executes it says so itself. Where there is one, execute() gets well-formed words only.
  std::optional<bank::Reply> (*fault)(const Words& words) = nullptr;
};

/// Executes one command of that client. The boss's thread; never blocks.
void execute(Server& server, const Client& client, Words words);

// The parts of the table, one file each.
std::span<const Command> stock_commands();     // what every Redis client knows
std::span<const Command> key_commands();       // STATUS and CANCEL
std::span<const Command> operator_commands();  // TXN, HOLD, ACCOUNT, DRAIN
/// Every command there is, the transactions included, in lower case, with how each is written.
std::vector<std::pair<std::string, std::string_view>> all_commands();
std::string lower(std::string_view word);

/// INFO's text; of one section if one is named.
std::string info_text(Server& server, std::string_view section);

/// Gives a verdict, now or, with WAIT, when the transaction's handle is gone or the time has run
/// out. Any thread.
class VerdictAnswer {
 public:
  VerdictAnswer(Server& server, Client client, std::chrono::milliseconds wait)
      : server_(server), client_(std::move(client)), wait_(wait) {}
  void operator()(cancel::Verdict verdict,
                  const std::shared_ptr<bank::Transaction>& txn) const noexcept;

 private:
  void tell(const bank::Reply& reply, const std::shared_ptr<bank::Transaction>& txn) const;

  Server& server_;
  const Client client_;
  const std::chrono::milliseconds wait_;
};

bank::Reply usage_error(std::string_view usage);
/// Why the client may not give such a command: NOAUTH or NOPERM.
std::optional<bank::Reply> refused(Server& server, const Client& client, Allowed allowed);
/// WAIT's argument: nothing if it is none.
std::optional<std::chrono::milliseconds> wait_time(const std::string& word);

}  // namespace commands
