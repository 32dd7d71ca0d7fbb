// MULTI, EXEC, DISCARD, RESET: commands that change the meaning of those after them.
//
// MULTI is refused. A client that sends its transaction as one pipeline has sent the body as well,
// so nothing runs until EXEC or DISCARD; RESET ends the bracket, too.

#include <array>
#include <utility>

#include "server/commands/refusals.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Role;

void multi(Server&, const Client& client, const Arguments&) {
  client->command_state().in_refused_multi = true;
  client->answer(no_multi());
}

void exec(Server&, const Client& client, const Arguments&) {
  const bool open = std::exchange(client->command_state().in_refused_multi, false);
  client->answer(open ? exec_aborted() : without_multi("EXEC"));
}

void discard(Server&, const Client& client, const Arguments&) {
  const bool open = std::exchange(client->command_state().in_refused_multi, false);
  client->answer(open ? Reply::ok() : without_multi("DISCARD"));
}

/// Logs the client out, except on the operator's socket, which needs no login.
void reset(Server&, const Client& client, const Arguments&) {
  client->command_state() = {};
  if (client->door() == Connection::Door::tcp) *client->session() = {};
  client->set_version(resp::Version::resp2);
  client->answer(Reply::status("RESET"));
}

constexpr auto table = std::to_array<Command>({
    {"MULTI", Role::nobody, &multi},
    {"EXEC", Role::nobody, &exec, true},
    {"DISCARD", Role::nobody, &discard, true},
    {"RESET", Role::nobody, &reset, true},
});

}  // namespace

std::span<const Command> bracket_commands() {
  return table;
}

}  // namespace commands
