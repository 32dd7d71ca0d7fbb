// PING, ECHO, SELECT, QUIT: small commands that every Redis client may send.

#include <array>

#include "server/commands/refusals.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Role;

void ping(Server&, const Client& client, const Arguments& asked) {
  client->answer(asked.text ? Reply::bulk(*asked.text) : Reply::status("PONG"));
}

void echo(Server&, const Client& client, const Arguments& asked) {
  client->answer(Reply::bulk(*asked.text));
}

void select(Server&, const Client& client, const Arguments& asked) {
  client->command_state().database_refused = asked.number != 0;
  client->answer(asked.number == 0 ? Reply::ok() : only_database_0());
}

void quit(Server&, const Client& client, const Arguments&) {
  client->answer(Reply::ok());
  client->close_after_reply();
}

constexpr auto table = std::to_array<Command>({
    {"PING [message]", Role::nobody, &ping},
    {"ECHO message", Role::nobody, &echo},
    {"SELECT database", Role::nobody, &select},
    {"QUIT", Role::nobody, &quit, true},
});

}  // namespace

std::span<const Command> stock_commands() {
  return table;
}

}  // namespace commands
