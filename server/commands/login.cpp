// AUTH and HELLO: the client's session, and its version of RESP.

#include "server/bank/login.hpp"

#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Role;

constexpr std::size_t most_waiting = 1024;

/// Makes the reply to a login that succeeded. The boss's thread.
using After = std::function<Reply()>;

bank::Login log_in_as(Server& server, const std::string& user, const bank::Secret& secret) {
  if (!bank::same_word(user, "teller")) {
    return log_in(server.bank(), bank::natural(user, 1), secret);
  }
  try {
    // The same work as for a PIN, so that guessing the tellers' secret is expensive.
    server.bank().pins.matches(std::nullopt, secret);
  } catch (const std::exception& error) {
    return {bank::refusals::cannot_check_pin(error), {}};
  }
  const auto& known = server.teller_secret();
  if (!known || !bank::Secret(*known).equals(secret)) {
    return {bank::refusals::wrong_teller_secret(), {}};
  }
  return {Reply::ok(), {Role::teller, 0, 0}};
}

/// Records a failed login, and a lock-out. A refusal of the store says nothing about the login; the
/// server records it as `store_refused`. A user that is not an account is not named: it may be a
/// PIN typed in the wrong place.
void record(bank::Events& events, const Connection& client, const std::string& user,
            const bank::Login& login) {
  const bank::Reply::Error* const error = login.reply.as_error();
  if (error == nullptr || error->code == bank::Code::store) return;
  const bool teller = bank::same_word(user, "teller");
  const std::vector<bank::Field> fields = {
      {"account", teller ? 0 : bank::natural(user, 1).value_or(0)},
      {"role", teller ? "teller" : "customer"},
      {"code", std::string(name(error->code))},
      {"client", client.id()},
      {"address", client.address()}};
  events.record(bank::Event::login_failed, fields);
  if (login.locks) events.record(bank::Event::account_locked, fields);
}

void start_login(Server& server, const Client& client, const Arguments& asked, const After& after) {
  if (client->door() == Connection::Door::admin) {
    return client->answer(
        bank::refusals::malformed("the operator needs no login; log in over TCP for another role"));
  }
  if (server.logins().waiting() >= most_waiting) {
    return client->answer(
        Reply::error(bank::Code::busy, "too many logins are waiting; try again later"));
  }
  client->answered_later();
  const auto& [user, secret] = *asked.login;
  // Logins of one account run one at a time. A user that is not an account waits for no other.
  const auto queue = bank::natural(user, 1).value_or(0);
  const auto job = [&server, client, user = user, secret = bank::Secret(secret), after] {
    if (!client->is_reachable()) return;  // saves the work of a hash
    const bank::Login login = log_in_as(server, user, secret);
    record(server.events(), *client, user, login);
    // A session changes on the boss's thread only.
    server.post([client, login, after] {
      if (login.reply.as_error() != nullptr) return client->answer(login.reply);
      *client->session() = login.session;
      client->answer(after());
    });
  };
  server.logins().submit(job, queue);
}

void auth(Server& server, const Client& client, const Arguments& asked) {
  start_login(server, client, asked, [] { return Reply::ok(); });
}

Reply hello_map(const Connection& client) {
  return Reply::map({
      {"server", Reply::bulk("atm-server")},
      {"version", Reply::bulk(ATM_VERSION)},
      {"proto", Reply::integer(static_cast<int>(client.version()))},
      {"id", Reply::integer(client.id())},
      {"mode", Reply::bulk("standalone")},
      {"role", Reply::bulk("master")},
      {"modules", Reply::array({})},
  });
}

void hello(Server& server, const Client& client, const Arguments& asked) {
  if (asked.number && *asked.number != 2 && *asked.number != 3) {
    return client->answer(
        Reply::error(bank::Code::no_proto, "unsupported protocol version; use 2 or 3"));
  }
  const auto greet = [client, asked] {
    if (asked.name) client->command_state().name = *asked.name;
    if (asked.number) client->set_version(static_cast<resp::Version>(*asked.number));
    return hello_map(*client);
  };
  if (!asked.login) return client->answer(greet());
  start_login(server, client, asked, greet);
}

constexpr auto login_rows = std::to_array<Command>({
    {"AUTH user secret", Role::nobody, &auth},
    {"HELLO [version] [AUTH user secret] [SETNAME name]", Role::nobody, &hello},
});

}  // namespace

constinit const std::span<const Command> login_commands = login_rows;

}  // namespace commands
