// COMMAND: the list of commands, made from the tables.

#include <algorithm>
#include <array>
#include <map>

#include "server/bank/arguments.hpp"
#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Role;

struct Entry {
  std::string usage;        // with those of its subcommands
  std::int64_t arity = -2;  // as Redis counts: words, the name's included; negative: at least
};

/// Every command by its first word in lower case.
const std::map<std::string, Entry>& catalogue() {
  static const auto all = [] {
    std::map<std::string, Entry> made;
    for (const auto& row : bank::transaction_commands()) {
      made[std::string(name(row.operation))] = {std::string(row.grammar.usage()),
                                                row.grammar.arity()};
    }
    for (const Command& row : rows()) {
      Entry& entry = made[bank::lower(row.grammar.name()[0])];
      if (row.grammar.name().size() == 1) entry.arity = row.grammar.arity();
      if (entry.usage.empty()) entry.usage = usages(row.grammar.name()[0]);
    }
    return made;
  }();
  return all;
}

/// Describes a command as Redis does: name, arity, flags, positions of keys (there are none).
Reply describe(const std::pair<const std::string, Entry>& command) {
  const auto& [name, entry] = command;
  return Reply::array({Reply::bulk(name), Reply::integer(entry.arity), Reply::array({}),
                       Reply::integer(0), Reply::integer(0), Reply::integer(0)});
}

void count(Server&, const Client& client, const Arguments&) {
  client->answer(Reply::integer(static_cast<std::int64_t>(catalogue().size())));
}

void names(Server&, const Client& client, const Arguments&) {
  Reply::Array all;
  for (const auto& [name, entry] : catalogue()) all.push_back(Reply::bulk(name));
  client->answer(Reply::array(std::move(all)));
}

/// Describes the commands asked for, or all. One that does not exist is null.
void command_info(Server&, const Client& client, const Arguments& asked) {
  Reply::Array rows;
  for (const std::string& word : asked.words) {
    const auto found = catalogue().find(word);
    rows.push_back(found == catalogue().end() ? Reply::null() : describe(*found));
  }
  if (asked.words.empty()) {
    for (const auto& entry : catalogue()) rows.push_back(describe(entry));
  }
  client->answer(Reply::array(std::move(rows)));
}

/// Gives the usages of the commands asked for, or of all. One that does not exist is left out.
void docs(Server&, const Client& client, const Arguments& asked) {
  Reply::Map found;
  for (const auto& [name, entry] : catalogue()) {
    const auto& words = asked.words;
    if (!words.empty() && std::count(words.begin(), words.end(), name) == 0) continue;
    found.emplace_back(name, Reply::map({{"summary", Reply::bulk(entry.usage)}}));
  }
  client->answer(Reply::map(std::move(found)));
}

constexpr auto catalogue_rows = std::to_array<Command>({
    {"COMMAND", Role::nobody, &command_info},
    {"COMMAND COUNT", Role::nobody, &count},
    {"COMMAND LIST", Role::nobody, &names},
    {"COMMAND INFO [command …]", Role::nobody, &command_info},
    {"COMMAND DOCS [command …]", Role::nobody, &docs},
});

}  // namespace

constinit const std::span<const Command> catalogue_commands = catalogue_rows;

}  // namespace commands
