#pragma once

/// The events of TXN WATCH, as they arrive.

#include <optional>

#include "client/commands/run.hpp"
#include "client/terminal/event.hpp"

namespace client {

/// Converts a reply to an event. Throws ConnectionLost if the reply has another form.
Event event_from(const Reply& reply);

/// Returns the account to watch: that of the command, or else that of the whole run; nothing if all
/// are to be watched.
Number watched_account(const Run& run, const Command& command);

/// A watching connection, and beside it the operator's usual one.
class EventStream {
 public:
  /// Connects and begins to watch everything, or what touches an account. `command` is one
  /// of the operator. Throws CannotStream, Interrupted.
  EventStream(Run& run, const Command& command, Number account);

  /// Thrown if the server cannot be reached, or refuses to be watched.
  struct CannotStream {
    Ending ending;
  };

  /// Blocks until there is an event, or until the time; then returns nothing. Throws ConnectionLost
  /// when the server ends the stream; Interrupted.
  std::optional<Event> next(Until until);
  /// The descriptor to poll; reading the bytes that have arrived; the next event among them. None
  /// blocks; both throw ConnectionLost.
  int descriptor() { return watching_.connection().descriptor(); }
  void take_in() { watching_.connection().take_in(); }
  std::optional<Event> next_arrived();

  /// Sends a command over the other connection. Throws NoReply, Interrupted.
  Reply ask(const std::vector<std::string>& command, Form form);

 private:
  Interrupt& interrupt_;
  Session& asking_;
  Session watching_;
};

}  // namespace client
