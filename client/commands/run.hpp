#pragma once

/// The state that the commands of one run share: settings, Ctrl-C, and sessions, each logged in
/// once.

#include <cstdint>
#include <optional>
#include <string>

#include "client/commands/command.hpp"
#include "client/commands/courier.hpp"
#include "client/commands/report.hpp"
#include "client/terminal/secret_input.hpp"
#include "client/wire/session.hpp"
#include "client/wire/uuid.hpp"

namespace client {

/// Returns the name of a role, as --as accepts it.
const char* role_name(Role role);
/// Returns the role of this name, or nothing.
std::optional<Role> role_named(std::string_view name);

/// Returns the role that a command is sent as. `admin …` is sent as the operator. Other commands
/// are sent as the role of --as if there is one, otherwise as the customer if there is a PIN file,
/// otherwise as the teller if there is a secret, otherwise as a customer who is asked for the PIN.
/// Throws UsageError if the command is not for that role, or if a teller has no secret.
Role role_for(const std::string& command, const Settings& settings);

class Run {
 public:
  /// Settings and interrupt must outlive it.
  Run(const Settings& settings, Interrupt& interrupt);

  /// Returns the session that the command is sent over; it need not be open yet. Reads the PIN or
  /// asks for it the first time. A customer's session is replaced when the account changes. Throws
  /// UsageError if the account or the secret is missing; Interrupted.
  Session& session_for(const Command& command);

  /// Returns the account that a command is about. Throws UsageError if none was given.
  std::int64_t account_of(const Command& command) const;

  /// Returns a new key.
  std::string new_key() { return keys_.next(); }

  /// Has a courier carry the request, and returns how it ended. Blocks until then. A wrong PIN is
  /// forgotten, so that a prompt does not repeat it until the account is locked. Throws as
  /// session_for().
  Ending carry(const Command& command, const Request& request);

  /// Uses a new PIN for the next login of this account's customer.
  void change_pin(std::int64_t account, const Secret& pin);

  /// Returns a line for a shell, such as `atm --account 7 status KEY`, with the settings that reach
  /// the server in the role that `command` was sent as.
  std::string shell_command(const Command& command, std::int64_t account,
                            const std::string& words) const;

  const Settings& settings() const { return settings_; }
  Interrupt& interrupt() { return interrupt_; }

 private:
  Login login_for(Role role, const Command& command);
  void announce(News news, const std::string& line, const Request& request);

  const Settings& settings_;
  Interrupt& interrupt_;
  KeySource keys_;
  std::optional<Session> operator_;
  std::optional<Session> teller_;
  std::optional<Session> customer_;
};

}  // namespace client
