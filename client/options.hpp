#pragma once

/// The command line and the prompt's lines.

#include <string>
#include <variant>
#include <vector>

#include "client/commands/command.hpp"

namespace client {

/// Nothing to run: help or the version for standard output (status 0), or a complaint.
struct Stop {
  int status = 0;
  std::string text;
  bool json = false;  // whether the command line asks for JSON; a prompt's line never does
};

struct CommandLine {
  Settings settings;
  Command command;  // its name is empty, or `admin`, if a prompt is to be opened
};

/// Parses the arguments after the program's name, and the ATM_… environment.
std::variant<CommandLine, Stop> parse_command_line(const std::vector<std::string>& arguments);

/// Parses one line of a prompt; words may be quoted. `admin`: the line names an operator's command
/// without the word admin. The environment has no say: a key would be used twice.
std::variant<Command, Stop> parse_prompt_line(const std::string& line, bool admin);

/// The words that may follow on a prompt's line: commands, then their options.
std::vector<std::string> completions(const std::string& line, bool admin);

}  // namespace client
