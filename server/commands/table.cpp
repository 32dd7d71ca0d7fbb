#include "server/commands/table.hpp"

#include <array>
#include <utility>

#include "server/bank/arguments.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace commands {
namespace {

using bank::Reply;

/// The row whose name the command begins with; the one with the longest name, if there are several.
const Command* find(const Words& words) {
  const Command* found = nullptr;
  for (const auto family : families()) {
    for (const Command& row : family) {
      const std::size_t length = found == nullptr ? 0 : found->grammar.name().size();
      if (row.grammar.name().size() > length && row.grammar.names(words)) found = &row;
    }
  }
  return found;
}

std::optional<Reply> refused(Server& server, const Client& client, bank::Role least) {
  if (least == bank::Role::nobody) return std::nullopt;
  const bank::Session& session = *client->session();
  if (server.bank().pin_versions.is_outdated(session)) {
    return bank::refusals::pin_changed(session.account);
  }
  return bank::lacks_role(session, least);
}

}  // namespace

std::span<const std::span<const Command>> families() {
  static const std::array all = {key_commands(),   operator_commands(), stock_commands(),
                                 login_commands(), client_commands(),   catalogue_commands(),
                                 info_commands()};
  return all;
}

std::string usages(std::string_view word) {
  std::string all;
  for (const auto family : families()) {
    for (const Command& row : family) {
      const std::string_view first = row.grammar.name()[0];
      if (!bank::same_word(first, word)) continue;
      const std::string_view usage = row.grammar.usage();
      all += all.empty() ? std::string(usage) : " |" + std::string(usage.substr(first.size()));
    }
  }
  return all;
}

Parsed parse(const Words& words) {
  Parsed parsed;
  parsed.row = find(words);
  if (parsed.row != nullptr) {
    const auto read = [&parsed](std::string_view what, bank::Values values) {
      auto fault = parsed.asked.read(what, values);
      if (!parsed.fault) parsed.fault = std::move(fault);
    };
    if (parsed.row->grammar.read(words, read) || parsed.fault) return parsed;
  }
  const bool subcommand = parsed.row != nullptr && parsed.row->grammar.name().size() > 1;
  const std::string usage =
      subcommand ? std::string(parsed.row->grammar.usage()) : usages(words[0]);
  if (!usage.empty()) parsed.fault = bank::refusals::usage(usage);
  return parsed;
}

void execute(Server& server, const Client& client, Words words) {
  client->last_command() = bank::one_line(words[0], 32);
  const Parsed parsed = parse(words);
  if (parsed.fault) return client->answer(*parsed.fault);
  if (parsed.row == nullptr) return server.admit(client, std::move(words));
  if (const auto refusal = refused(server, client, parsed.row->least)) {
    return client->answer(*refusal);
  }
  parsed.row->execute(server, client, parsed.asked);
}

}  // namespace commands
