#pragma once

/// Parses the command line, and the lines of the prompt.

#include <string>
#include <variant>
#include <vector>

#include "client/commands/command.hpp"

namespace client {

/// Text to show instead of running a command: help or the version (status 0), or a complaint.
struct Stop {
  int status = 0;
  std::string text;
  bool json = false;  // asked for by the command line; never set for a line of the prompt
};

struct CommandLine {
  Settings settings;
  Command command;  // for a prompt its name is empty, or `admin`
};

/// Parses the arguments after the program's name, and the ATM_… environment variables.
std::variant<CommandLine, Stop> parse_command_line(const std::vector<std::string>& arguments);

/// Parses one line of a prompt; words may be quoted. With `admin`, the line has an operator's
/// command without the word admin. Environment variables are ignored: ATM_KEY would give every line
/// the same key.
std::variant<Command, Stop> parse_prompt_line(const std::string& line, bool admin);

/// Returns the words that may complete a line of the prompt: commands, then their options.
std::vector<std::string> completions(const std::string& line, bool admin);

}  // namespace client
