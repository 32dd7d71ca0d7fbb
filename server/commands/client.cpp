// CLIENT: a client's own name and number; the operator's list of clients.

#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Role;
using bank::refusals::malformed;

void id(Server&, const Client& client, const Arguments&) {
  client->answer(Reply::integer(client->id()));
}

void get_name(Server&, const Client& client, const Arguments&) {
  client->answer(Reply::bulk(client->command_state().name));
}

void set_name(Server&, const Client& client, const Arguments& asked) {
  client->command_state().name = *asked.name;
  client->answer(Reply::ok());
}

/// Accepts the name and version that libraries send, and does not keep them.
void set_info(Server&, const Client& client, const Arguments&) {
  client->answer(Reply::ok());
}

/// Refuses a mode without replies, and disconnects: a client that does not read the refusal would
/// take each later reply for the reply to the command before it.
void set_reply_mode(Server&, const Client& client, const Arguments& asked) {
  if (bank::same_word(*asked.text, "ON")) return client->answer(Reply::ok());
  client->answer(malformed("every command is answered; CLIENT REPLY can only be ON"));
  if (bank::same_word(*asked.text, "OFF") || bank::same_word(*asked.text, "SKIP")) {
    client->close_after_reply();
  }
}

/// A malformed CLIENT REPLY may be meant to stop the replies.
void disconnect(Connection& client) {
  client.close_after_reply();
}

/// Fields that clients of Redis require and that have no meaning here, or are not measured.
constexpr const char* redis_fields =
    " db=0 sub=0 psub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 obl=0 oll=0 omem=0 tot-mem=0 "
    "events=r";

/// Returns one line of CLIENT LIST: fields "name=value", separated by blanks.
std::string describe(Server& server, Connection& client) {
  const auto now = seam::now();
  const auto seconds = [now](seam::Time then) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
  };
  const wire::CommandState& state = client.command_state();
  const auto txn = client.in_flight();
  const bool running = txn && server.bank().transactions.find(txn->handle());
  return "id=" + std::to_string(client.id()) + " addr=" + client.address() + " name=" + state.name +
         " age=" + seconds(client.since()) + " idle=" + seconds(client.last_heard()) +
         redis_fields + " user=" + client.session()->user() + " cmd=" + state.last_command +
         " txn=" + (running ? to_string(txn->handle()) : "");
}

void list(Server& server, const Client& client, const Arguments&) {
  std::string lines;
  for (const auto& [number, each] : server.connections()) lines += describe(server, *each) + "\n";
  client->answer(Reply::bulk(std::move(lines)));
}

void client_info(Server& server, const Client& client, const Arguments&) {
  client->answer(Reply::bulk(describe(server, *client) + "\n"));
}

void kill(Server& server, const Client& client, const Arguments& asked) {
  const auto found = server.connections().find(*asked.number);
  if (found == server.connections().end()) {
    return client->answer(
        malformed("there is no client " + std::to_string(*asked.number) + "; see CLIENT LIST"));
  }
  client->answer(Reply::ok());
  const Connection& victim = *found->second;
  server.events().record(
      bank::Event::client_killed,
      {{"victim", victim.id()}, {"address", victim.address()}, {"client", client->id()}});
  // Posted, because the victim may be this very connection, which has to send the answer first.
  server.post([victim = found->second] { victim->close_now(); });
}

constexpr auto client_rows = std::to_array<Command>({
    {"CLIENT ID", Role::nobody, &id},
    {"CLIENT GETNAME", Role::nobody, &get_name},
    {"CLIENT SETNAME name", Role::nobody, &set_name},
    {"CLIENT SETINFO attribute value", Role::nobody, &set_info},
    {"CLIENT REPLY mode", Role::nobody, &set_reply_mode, false, false, &disconnect},
    {"CLIENT INFO", Role::nobody, &client_info},
    {"CLIENT LIST", Role::operator_, &list},
    {"CLIENT KILL client", Role::operator_, &kill},
    {"CLIENT KILL ID client", Role::operator_, &kill},
});

}  // namespace

constinit const std::span<const Command> client_commands = client_rows;

}  // namespace commands
