#include "server/commands/table.hpp"

#include <utility>

#include "server/bank/arguments.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace commands {
namespace {

/// The row whose name the command begins with; the one with the longest name, if there are several.
const Command* find(const Words& words) {
  const Command* found = nullptr;
  for (const Command& row : rows()) {
    const std::size_t length = found == nullptr ? 0 : found->grammar.name().size();
    if (row.grammar.name().size() > length && row.grammar.names(words)) found = &row;
  }
  return found;
}

/// For CLIENT LIST: "client|list". Its words are from the table, never from the client.
std::string label(const Parsed& parsed, const std::string& first_word) {
  if (parsed.row == nullptr) {
    return std::string(name(bank::operation_named(first_word).value_or(bank::Operation::unknown)));
  }
  std::string all;
  for (const std::string_view word : parsed.row->grammar.name()) {
    all += (all.empty() ? "" : "|") + bank::lower(word);
  }
  return all;
}

bool inside_multi(const Parsed& parsed) {
  return parsed.row != nullptr && parsed.row->inside_multi;
}

/// Notes a malformed command whose refusal changes the meaning of those behind it. In a refused
/// MULTI only those count that may end it.
void note_malformed(Connection& client, const Parsed& parsed, bool aborted) {
  if (!parsed.fault || parsed.row == nullptr || parsed.row->if_malformed == nullptr) return;
  if (!aborted || inside_multi(parsed)) parsed.row->if_malformed(client);
}

/// Returns the refusal of a command that is malformed, or that the client may not give now.
std::optional<Reply> refusal_of(Server& server, Connection& client, const Parsed& parsed) {
  const bool needs_login = parsed.row == nullptr || parsed.row->lowest_role != bank::Role::nobody;
  const bool while_watching = parsed.row != nullptr && parsed.row->while_watching;
  if (client.streams() && client.version() == resp::Version::resp2 && !while_watching) {
    return only_watching();
  }
  if (client.command_state().in_refused_multi && (parsed.fault || !inside_multi(parsed))) {
    return exec_aborted();
  }
  if (parsed.fault) return parsed.fault;
  if (client.command_state().database_refused && needs_login) return only_database_0();
  if (parsed.row == nullptr || !needs_login) return std::nullopt;  // a worker checks the rest
  const bank::Session& session = *client.session();
  if (server.bank().pin_versions.is_outdated(session)) {
    return bank::refusals::pin_changed(session.account);
  }
  return bank::lacks_role(session, parsed.row->lowest_role);
}

}  // namespace

const std::vector<Command>& rows() {
  static const auto all = [] {
    std::vector<Command> made;
    for (const auto& family : {key_commands, operator_commands, stock_commands, login_commands,
                               client_commands, catalogue_commands, info_commands}) {
      made.insert(made.end(), family.begin(), family.end());
    }
    return made;
  }();
  return all;
}

std::string usages(std::string_view word) {
  std::string all;
  for (const Command& row : rows()) {
    const std::string_view first = row.grammar.name()[0];
    if (!bank::same_word(first, word)) continue;
    const std::string usage(row.grammar.usage());
    all += all.empty() ? usage : " |" + usage.substr(first.size());
  }
  return all;
}

Parsed parse(const Words& words) {
  Parsed parsed;
  parsed.row = find(words);
  if (parsed.row != nullptr) {
    const auto read = [&asked = parsed.asked](std::string_view what, bank::WordSpan values) {
      asked.read(what, values);
    };
    try {
      if (parsed.row->grammar.read(words, read)) return parsed;
    } catch (const bank::Refusal& refusal) {
      parsed.fault = refusal.reply();
      return parsed;
    }
  }
  const bool subcommand = parsed.row != nullptr && parsed.row->grammar.name().size() > 1;
  const std::string usage =
      subcommand ? std::string(parsed.row->grammar.usage()) : usages(words[0]);
  if (!usage.empty()) parsed.fault = bank::refusals::usage(usage);
  return parsed;
}

void execute(Server& server, const Client& client, Words words) {
  const Parsed parsed = parse(words);
  client->command_state().last_command = label(parsed, words[0]);
  const bool aborted = client->command_state().in_refused_multi;
  if (const auto refusal = refusal_of(server, *client, parsed)) {
    client->answer(*refusal);
    return note_malformed(*client, parsed, aborted);
  }
  if (parsed.row == nullptr) return server.admit(client, std::move(words));
  parsed.row->execute(server, client, parsed.asked);
}

}  // namespace commands
