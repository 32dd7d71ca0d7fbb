#pragma once

/// What the commands of one run share: the settings, Ctrl-C, and the sessions, each logged in once.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "client/commands/command.hpp"
#include "client/commands/courier.hpp"
#include "client/commands/report.hpp"
#include "client/commands/uuid.hpp"
#include "client/terminal/secret_input.hpp"
#include "client/wire/session.hpp"

namespace client {

/// The command lacks something only the user can give; what() is one line saying what.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// As whom a command is sent. `admin …` is always the operator's; create and reverse are the
/// teller's with a teller's secret, else the operator's; the rest is a customer's with a PIN file,
/// else the teller's with a secret, else the operator's if the admin socket was named, else a
/// customer's whose PIN is asked for.
Role role_for(const std::string& command, const Settings& settings);

class Run {
 public:
  /// Both must outlive it.
  Run(const Settings& settings, Interrupt& interrupt);

  /// The session the command is sent over, not necessarily open yet. Asks for a PIN, or reads it,
  /// the first time. One customer at a time: another account replaces the session. Throws
  /// UsageError (a customer without an account), NoSecret, Interrupted.
  Session& session_for(const Command& command);

  /// The account a command is about. Throws UsageError if none was given.
  std::int64_t account_of(const Command& command) const;

  /// Returns a key that no other write has.
  std::string new_key() { return keys_.next(); }

  /// Sends the request by a courier and waits for its end. After a wrong PIN the next command asks
  /// for it again, so that a prompt does not repeat it until the account is locked. Throws as
  /// session_for.
  Ending carry(const Command& command, const Request& request);

  /// The account's PIN is another now: a customer's session of that account logs in anew with it.
  void change_pin(std::int64_t account, const Secret& pin);

  /// What to type at a shell so that `atm` asks about an account as whom `command` was sent:
  /// `atm --account 7 status KEY`, with every setting it takes to get there.
  std::string shell_command(const Command& command, std::int64_t account,
                            const std::string& words) const;

  const Settings& settings() const { return settings_; }
  Interrupt& interrupt() { return interrupt_; }

 private:
  Login login_for(Role role, const Command& command);
  void tell(News news, const std::string& line, const Request& request);

  const Settings& settings_;
  Interrupt& interrupt_;
  KeySource keys_;
  std::optional<Session> operator_;
  std::optional<Session> teller_;
  std::optional<Session> customer_;
};

}  // namespace client
