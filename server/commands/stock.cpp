// PING, ECHO, SELECT, QUIT, MULTI, EXEC, DISCARD, RESET: small commands that every Redis client may
// send.
//
// MULTI is refused. A client that sends its transaction as one pipeline has sent the body as well,
// so nothing runs until EXEC or DISCARD; RESET ends the bracket, too. In the same way nothing
// reaches the bank after a refused SELECT until SELECT 0. It makes no difference if a MULTI, EXEC
// or SELECT is malformed.

#include <array>
#include <utility>

#include "server/bank/refusals.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Role;
using bank::refusals::malformed;

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

void refuse_database(Connection& client) {
  client.command_state().database_refused = true;
}

void open_multi(Connection& client) {
  client.command_state().in_refused_multi = true;
}

void close_multi(Connection& client) {
  client.command_state().in_refused_multi = false;
}

void multi(Server&, const Client& client, const Arguments&) {
  open_multi(*client);
  client->answer(
      malformed("MULTI is not supported; nothing runs until EXEC or DISCARD. Send each command by "
                "itself: it is a transaction"));
}

void exec(Server&, const Client& client, const Arguments&) {
  const bool open = std::exchange(client->command_state().in_refused_multi, false);
  client->answer(open ? exec_aborted() : malformed("EXEC without MULTI"));
}

void discard(Server&, const Client& client, const Arguments&) {
  const bool open = std::exchange(client->command_state().in_refused_multi, false);
  client->answer(open ? Reply::ok() : malformed("DISCARD without MULTI"));
}

/// Ends TXN WATCH, and logs the client out, except on the operator's socket, which needs no login.
void reset(Server&, const Client& client, const Arguments&) {
  client->stream(nullptr);
  client->command_state() = {};
  if (client->door() == Connection::Door::tcp) *client->session() = {};
  client->set_version(resp::Version::resp2);
  client->answer(Reply::status("RESET"));
}

constexpr auto stock_rows = std::to_array<Command>({
    {"PING [message]", Role::nobody, &ping, false, true},
    {"ECHO message", Role::nobody, &echo},
    {"SELECT database", Role::nobody, &select, false, false, &refuse_database},
    {"QUIT", Role::nobody, &quit, true, true},
    {"MULTI", Role::nobody, &multi, false, false, &open_multi},
    {"EXEC", Role::nobody, &exec, true, false, &close_multi},
    {"DISCARD", Role::nobody, &discard, true},
    {"RESET", Role::nobody, &reset, true, true},
});

}  // namespace

Reply only_database_0() {
  return malformed("there is only database 0; SELECT 0 before the next command");
}

Reply exec_aborted() {
  return Reply::error(bank::Code::exec_abort, "MULTI was refused, so nothing up to EXEC runs");
}

constinit const std::span<const Command> stock_commands = stock_rows;

}  // namespace commands
