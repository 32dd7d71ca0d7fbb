#pragma once

/// Turns the command table into parsers for CLI11: one for the command line, one for the prompt.

#include <CLI/CLI.hpp>

#include "client/commands/command_table.hpp"

namespace client {

/// Adds the commands of the table to a parser, as subcommands that write into `command`, which must
/// outlive the parsing. `group` is empty, or `admin` for the operator's commands without that word.
/// With `environment`, the options of the command that is run can also be given as ATM_NAME.
void add_commands(CLI::App& app, Command& command, std::string_view group, bool environment);

/// Adds an option or a positional argument to a parser. Returns it.
CLI::Option* add_argument(CLI::App& app, const Argument& argument, Command& command);

/// Returns the environment variable of an option: `ATM_PIN_FILE` of `--pin-file`.
std::string variable_name(const CLI::Option& option, const std::string& prefix = "ATM_");

/// Returns the whole number that an option was given. Throws CLI::ValidationError with the range.
std::int64_t require_number(const std::string& option, const std::string& text, std::int64_t least,
                            std::int64_t greatest);

/// Returns the name of the command that was parsed, `hold add`; empty if there was none.
std::string parsed_name(const CLI::App& app);

}  // namespace client
