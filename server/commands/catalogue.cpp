// COMMAND: the list of commands, made from their rows.

#include <algorithm>
#include <array>
#include <map>

#include "server/bank/arguments.hpp"
#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::Role;

/// The usages of every command by its first word in lower case, those of its subcommands joined.
const std::map<std::string, std::string>& catalogue() {
  static const auto all = [] {
    std::map<std::string, std::string> made;
    for (const auto& row : bank::transaction_commands()) {
      made.emplace(name(row.operation), row.grammar.usage());
    }
    for (const auto family : families()) {
      for (const Command& row : family) {
        const std::string_view word = row.grammar.name()[0];
        made.emplace(bank::lower(word), usages(word));
      }
    }
    return made;
  }();
  return all;
}

void count(Server&, const Client& client, const Arguments&) {
  client->answer(Reply::integer(static_cast<std::int64_t>(catalogue().size())));
}

/// As Redis describes a command: name, number of words, flags, positions of keys in it.
void list(Server&, const Client& client, const Arguments&) {
  Reply::Array rows;
  for (const auto& [name, usage] : catalogue()) {
    rows.push_back(Reply::array({Reply::bulk(name), Reply::integer(-1), Reply::array({}),
                                 Reply::integer(0), Reply::integer(0), Reply::integer(0)}));
  }
  client->answer(Reply::array(std::move(rows)));
}

void docs(Server&, const Client& client, const Arguments& asked) {
  Reply::Map found;
  for (const auto& [name, usage] : catalogue()) {
    const auto is_it = [&name = name](const std::string& word) {
      return bank::same_word(name, word);
    };
    if (!asked.words.empty() && std::none_of(asked.words.begin(), asked.words.end(), is_it)) {
      continue;
    }
    found.emplace_back(name, Reply::map({{"summary", Reply::bulk(usage)}}));
  }
  client->answer(Reply::map(std::move(found)));
}

constexpr auto table = std::to_array<Command>({
    {"COMMAND", Role::nobody, &list},
    {"COMMAND COUNT", Role::nobody, &count},
    {"COMMAND DOCS [command …]", Role::nobody, &docs},
});

}  // namespace

std::span<const Command> catalogue_commands() {
  return table;
}

}  // namespace commands
