// What every Redis client knows: enough for redis-cli and the client libraries to feel at home.

#include <algorithm>
#include <array>

#include "server/bank/login.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::same_word;

void ping(Server&, const Client& client, const Words& words) {
  if (words.size() > 2) return client->answer(usage_error("PING [message]"));
  client->answer(words.size() == 2 ? Reply::bulk(words[1]) : Reply::status("PONG"));
}

void echo(Server&, const Client& client, const Words& words) {
  if (words.size() != 2) return client->answer(usage_error("ECHO message"));
  client->answer(Reply::bulk(words[1]));
}

void quit(Server&, const Client& client, const Words&) {
  client->answer(Reply::ok());
  client->close_after_reply();
}

void select(Server&, const Client& client, const Words& words) {
  if (words.size() != 2) return client->answer(usage_error("SELECT 0"));
  const auto index = bank::natural(words[1]);
  client->answer(index == 0 ? Reply::ok()
                            : Reply::error(bank::Code::err, "there is only database 0"));
}

void info(Server& server, const Client& client, const Words& words) {
  if (words.size() > 2) return client->answer(usage_error("INFO [section]"));
  client->answer(Reply::bulk(info_text(server, words.size() == 2 ? words[1] : "")));
}

void command(Server&, const Client& client, const Words& words) {
  const auto all = all_commands();
  if (words.size() == 2 && same_word(words[1], "COUNT")) {
    return client->answer(Reply::integer(static_cast<std::int64_t>(all.size())));
  }
  if (words.size() >= 2 && same_word(words[1], "DOCS")) {
    Reply::Map docs;
    for (const auto& [name, usage] : all) {
      const auto is_it = [&name = name](const std::string& word) { return same_word(name, word); };
      if (words.size() > 2 && std::none_of(words.begin() + 2, words.end(), is_it)) continue;
      docs.emplace_back(name, Reply::map({{"summary", Reply::bulk(std::string(usage))}}));
    }
    return client->answer(Reply::map(std::move(docs)));
  }
  if (words.size() != 1) return client->answer(usage_error("COMMAND [DOCS [name …] | COUNT]"));
  Reply::Array rows;
  for (const auto& [name, usage] : all) {
    rows.push_back(Reply::array({Reply::bulk(name), Reply::integer(-1), Reply::array({}),
                                 Reply::integer(0), Reply::integer(0), Reply::integer(0)}));
  }
  client->answer(Reply::array(std::move(rows)));
}

// ── Logging in ──────────────────────────────────────────────────────────────────────────────────

/// What follows a login: +OK, or HELLO's map.
using After = std::function<Reply()>;

Reply wrong_pass() {
  return Reply::error(bank::Code::wrong_pass, "the account and the PIN do not belong together");
}

/// Checks the tellers' secret. The same work as for a PIN makes guessing dear.
bank::Login log_in_teller(Server& server, const std::string& secret) {
  const auto& known = server.teller_secret();
  try {
    server.bank().pins.matches(std::nullopt, secret);
  } catch (const std::exception& error) {
    const std::string text = std::string("cannot check a secret now; try again: ") + error.what();
    return {Reply::error(bank::Code::store, text), {}};
  }
  if (!known || !bank::equal_in_constant_time(*known, secret)) return {wrong_pass(), {}};
  return {Reply::ok(), {bank::Role::teller, 0, 0}};
}

bank::Login log_in_as(Server& server, const std::string& user, const std::string& secret) {
  if (same_word(user, "teller")) return log_in_teller(server, secret);
  // A user that is no number is an account nobody has.
  return log_in(server.bank(), bank::natural(user, 1).value_or(INT64_MAX), secret);
}

void start_login(Server& server, const Client& client, const std::string& user,
                 const std::string& secret, const After& after) {
  if (client->door() == wire::Connection::Door::admin) {
    return client->answer(
        Reply::error(bank::Code::err, "the operator is logged in by the socket's file"));
  }
  if (server.logins_are_full()) {
    return client->answer(
        Reply::error(bank::Code::busy, "too many logins are waiting; try again later"));
  }
  client->answered_later();
  // One login at a time for each account; tellers, and users nobody has, have none to wait for.
  const auto queue = bank::natural(user, 1).value_or(0);
  server.run_login(queue, [&server, client, user, secret, after] {
    if (!client->is_reachable()) return;  // a hash is too dear for nobody
    const bank::Login login = log_in_as(server, user, secret);
    // Who a client is changes on the boss's thread only.
    server.post([client, login, after] {
      if (login.reply.as_error() == nullptr) *client->session() = login.session;
      client->answer(login.reply.as_error() != nullptr ? login.reply : after());
    });
  });
}

void auth(Server& server, const Client& client, const Words& words) {
  if (words.size() != 3) {
    return client->answer(usage_error("AUTH account pin, or AUTH teller secret"));
  }
  start_login(server, client, words[1], words[2], [] { return Reply::ok(); });
}

Reply hello_map(const wire::Connection& client) {
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

/// HELLO's words, read.
struct Hello {
  std::optional<wire::resp::Version> version;
  std::optional<std::pair<std::string, std::string>> login;
  std::optional<std::string> name;
};

bool is_word(const std::string& text) {
  for (const char c : text) {
    if (c < '!' || c > '~') return false;
  }
  return text.size() <= 64;
}

std::optional<Reply> read_hello(const Words& words, Hello& hello) {
  constexpr std::string_view usage = "HELLO [2|3] [AUTH user secret] [SETNAME name]";
  if (words.size() == 1) return std::nullopt;
  const auto version = bank::natural(words[1]);
  if (!version) return usage_error(usage);
  if (*version != 2 && *version != 3) {
    return Reply::error(bank::Code::no_proto, "unsupported protocol version; there are 2 and 3");
  }
  hello.version = static_cast<wire::resp::Version>(*version);
  for (std::size_t i = 2; i < words.size();) {
    if (same_word(words[i], "AUTH") && i + 2 < words.size()) {
      hello.login.emplace(words[i + 1], words[i + 2]);
      i += 3;
    } else if (same_word(words[i], "SETNAME") && i + 1 < words.size() && is_word(words[i + 1])) {
      hello.name = words[i + 1];
      i += 2;
    } else {
      return usage_error(usage);
    }
  }
  return std::nullopt;
}

void hello(Server& server, const Client& client, const Words& words) {
  Hello asked;
  if (const auto wrong = read_hello(words, asked)) return client->answer(*wrong);
  const auto greet = [client, asked] {
    if (asked.name) client->name() = *asked.name;
    if (asked.version) client->set_version(*asked.version);
    return hello_map(*client);
  };
  if (!asked.login) return client->answer(greet());
  start_login(server, client, asked.login->first, asked.login->second, greet);
}

// ── CLIENT ──────────────────────────────────────────────────────────────────────────────────────

Reply client_list(Server& server) {
  const auto now = std::chrono::steady_clock::now();
  const auto seconds = [now](seam::Time then) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
  };
  std::string lines;
  for (const auto& [id, client] : server.connections()) {
    const auto txn = client->in_flight();
    const bool running = txn && server.bank().transactions.find(txn->handle());
    lines += "id=" + std::to_string(id) + " addr=" + client->address() + " name=" + client->name() +
             " age=" + seconds(client->since()) + " idle=" + seconds(client->last_heard()) +
             " user=" + client->session()->user() + " cmd=" + client->last_command() +
             " txn=" + (running ? to_string(txn->handle()) : "") + "\n";
  }
  return Reply::bulk(std::move(lines));
}

Reply client_kill(Server& server, std::int64_t id) {
  const auto found = server.connections().find(id);
  if (found == server.connections().end()) {
    return Reply::error(bank::Code::err, "no such client; see CLIENT LIST");
  }
  // Not before the answer is written: the operator may mean this very connection.
  server.post([victim = found->second] { victim->close_now(); });
  return Reply::ok();
}

constexpr std::string_view client_usage =
    "CLIENT ID | GETNAME | SETNAME name | SETINFO name value | LIST | KILL id";

bool is(const Words& words, std::string_view name, std::size_t size) {
  return words.size() == size && same_word(words[1], name);
}

/// LIST, KILL id, KILL ID id.
Reply client_of_operator(Server& server, const Client& self, const Words& words) {
  const bool lists = is(words, "LIST", 2);
  const auto id = bank::natural(words.back(), 1);
  if (!lists && (!id || (words.size() == 4 && !same_word(words[2], "ID")))) {
    return usage_error(client_usage);
  }
  if (const auto why = refused(server, self, Allowed::operator_)) return *why;
  return lists ? client_list(server) : client_kill(server, *id);
}

Reply client_reply(Server& server, const Client& client, const Words& words) {
  if (is(words, "ID", 2)) return Reply::integer(client->id());
  if (is(words, "GETNAME", 2)) return Reply::bulk(client->name());
  if (is(words, "SETINFO", 4)) return Reply::ok();
  if (is(words, "SETNAME", 3)) {
    if (!is_word(words[2]))
      return Reply::error(bank::Code::err, "a name has no blanks and 64 characters at most");
    client->name() = words[2];
    return Reply::ok();
  }
  if (is(words, "LIST", 2) || is(words, "KILL", 3) || is(words, "KILL", 4)) {
    return client_of_operator(server, client, words);
  }
  return usage_error(client_usage);
}

void client(Server& server, const Client& self, const Words& words) {
  self->answer(words.size() < 2 ? usage_error(client_usage) : client_reply(server, self, words));
}

constexpr auto table = std::to_array<Command>({
    {"PING", Allowed::everybody, &ping, "PING [message]"},
    {"ECHO", Allowed::everybody, &echo, "ECHO message"},
    {"QUIT", Allowed::everybody, &quit, "QUIT"},
    {"HELLO", Allowed::everybody, &hello, "HELLO [2|3] [AUTH user secret] [SETNAME name]"},
    {"AUTH", Allowed::everybody, &auth, "AUTH account pin, or AUTH teller secret"},
    {"CLIENT", Allowed::everybody, &client, client_usage},
    {"COMMAND", Allowed::everybody, &command, "COMMAND [DOCS [name …] | COUNT]"},
    {"INFO", Allowed::everybody, &info, "INFO [section]"},
    {"SELECT", Allowed::everybody, &select, "SELECT 0"},
});

}  // namespace

std::span<const Command> stock_commands() {
  return table;
}

}  // namespace commands
