#include "client/grammar.hpp"

#include <algorithm>
#include <cctype>

#include "client/terminal/amount.hpp"

namespace client {

namespace {

// Adds one argument to a parser.
struct AddArgument {
  CLI::App& app;
  const Argument& argument;
  Command& command;

  CLI::Option* operator()(const NumberField& field) const {
    const std::string name = argument.name;
    return add([name, field, &target = command](const std::string& text) {
      target.*field.member = require_number(name, text, field.least, field.greatest);
    });
  }
  CLI::Option* operator()(const MoneyField& field) const {
    return add([field, &target = command](const std::string& text) {
      target.*field.member = parse_amount(text);
      if (target.*field.member) return;
      throw CLI::ValidationError("an amount is written like 25 or 25.00, not '" + text + "'");
    });
  }
  CLI::Option* operator()(const TextField& field) const {
    CLI::Option* option = app.add_option(argument.name, command.*field.member, argument.help);
    if (field.check != nullptr) option->check(field.check, "", "");
    return option;
  }
  CLI::Option* operator()(const FlagField& field) const {
    return app.add_flag(argument.name, command.*field.member, argument.help);
  }
  // Accounts and new PINs come from the settings.
  template <typename Other>
  CLI::Option* operator()(const Other&) const {
    return nullptr;
  }

  CLI::Option* add(const std::function<void(const std::string&)>& store) const {
    return app.add_option_function<std::string>(argument.name, store, argument.help);
  }
};

// CLI11 would read the variables of every command's options, whether it is run or not, and all
// commands write into one Command. So an option gets its variable once its command was parsed.
void add_arguments(CLI::App& app, const CommandRow& row, Command& command, bool environment) {
  std::vector<std::pair<CLI::Option*, std::string>> variables;
  for (const Argument& argument : row.arguments) {
    CLI::Option* option = add_argument(app, argument, command);
    if (option == nullptr || option->get_positional()) continue;
    variables.emplace_back(option, variable_name(*option, argument.environment));
  }
  if (!environment) return;
  app.preparse_callback([variables](std::size_t) {
    for (const auto& [option, name] : variables) option->envname(name);
  });
}

// Returns the parser of the group that a command is in, and takes the group from its name.
CLI::App& parser_of(CLI::App& app, std::string_view& name) {
  CLI::App* parser = &app;
  for (auto blank = name.find(' '); blank != name.npos; blank = name.find(' ')) {
    parser = parser->get_subcommand(std::string(name.substr(0, blank)));
    name.remove_prefix(blank + 1);
  }
  return *parser;
}

}  // namespace

std::int64_t require_number(const std::string& option, const std::string& text, std::int64_t least,
                            std::int64_t greatest) {
  if (const auto value = parse_number(text, least, greatest)) return *value;
  std::string allowed = " is a whole number from " + std::to_string(least);
  if (greatest != INT64_MAX) allowed += " to " + std::to_string(greatest);
  throw CLI::ValidationError(option + allowed + ", not '" + text + "'");
}

std::string variable_name(const CLI::Option& option, const std::string& prefix) {
  std::string name = prefix + option.get_single_name();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return name;
}

CLI::Option* add_argument(CLI::App& app, const Argument& argument, Command& command) {
  CLI::Option* option = std::visit(AddArgument{app, argument, command}, argument.field);
  if (option == nullptr) return nullptr;
  return option->type_name(argument.type)->required(option->get_positional() && !argument.optional);
}

void add_commands(CLI::App& app, Command& command, std::string_view group, bool environment) {
  for (const CommandRow& row : command_table()) {
    std::string_view name = row.name;
    if (!group.empty()) {
      if (!name.starts_with(std::string(group) + " ")) continue;
      name.remove_prefix(group.size() + 1);
    }
    CLI::App& parser = parser_of(app, name);
    CLI::App* added = parser.add_subcommand(std::string(name), row.help);
    const bool is_group = row.show == nullptr && row.perform == nullptr;
    if (is_group) added->require_subcommand(name == "admin" ? 0 : 1, 1);
    add_arguments(*added, row, command, environment);
  }
}

std::string parsed_name(const CLI::App& app) {
  std::string name;
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    name += (name.empty() ? "" : " ") + at->get_name();
  }
  return name;
}

}  // namespace client
