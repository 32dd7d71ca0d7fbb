#pragma once

/// The table of commands. Each command is one row: its words, arguments, sender and handler. The
/// parser, the help, the completion and the bytes sent to the server all follow from it.

#include <limits>
#include <string_view>
#include <variant>
#include <vector>

#include "client/commands/command.hpp"
#include "client/commands/report.hpp"
#include "client/commands/request.hpp"

namespace client {

class Run;

/// A whole number from `least` to `greatest`, both included.
struct NumberField {
  Number Command::*member;
  std::int64_t least = 0;
  std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
};

/// A decimal such as 25.00, kept in minor units.
struct MoneyField {
  Number Command::*member;
};

struct TextField {
  std::string Command::*member;
  /// Returns an empty string if the value is acceptable, otherwise what is wrong with it.
  std::string (*check)(const std::string& value) = nullptr;
};

/// True if it is given.
struct FlagField {
  bool Command::*member;
};

/// The account of --account: sent, and required.
struct OwnAccount {};
/// The account of --account: sent as `ACCOUNT n` if it was given.
struct AccountFilter {};
/// A new PIN, from the file that this setting names, or asked for.
struct NewPin {
  std::string Settings::*file;
  const char* option;
};

/// One argument of a command, on the command line and on the wire.
struct Argument {
  std::variant<NumberField, MoneyField, TextField, FlagField, OwnAccount, AccountFilter, NewPin>
      field;
  const char* name = nullptr;  // `--limit`, or `amount` for a positional one; null: no option
  const char* type = "";       // of the value, for the help
  const char* help = "";
  const char* keyword = nullptr;     // sent before the value
  const char* environment = "ATM_";  // what precedes the name in its environment variable
  bool optional = false;             // of a positional one; those with a dash always are
};

/// The role that a command needs.
enum class Sender {
  anybody,    // a customer for the own account; a teller or the operator for any
  staff,      // a teller; the operator with --as operator
  operator_,  // the operator, after `admin`
};

/// The types of the functions in the rows.
using Show = Report(const Command&, const Request&, const Reply&);
using Perform = Report(Run&, const Command&);

struct CommandRow {
  std::string_view name;
  const char* help;
  Sender sender;
  std::vector<Argument> arguments;
  /// Sends `words` and the arguments, then reports a reply that is not an error with `show`.
  Nature nature = Nature::read;
  std::vector<std::string> words{};
  Form form = Form::any;
  Show* show = nullptr;
  /// Performs a command that is more than one request. A row with neither is a group of commands.
  Perform* perform = nullptr;
};

/// All rows; a group precedes its commands.
const std::vector<CommandRow>& command_table();

/// Returns the row of this name. Throws std::out_of_range if there is none.
const CommandRow& command_row(std::string_view name);

}  // namespace client
