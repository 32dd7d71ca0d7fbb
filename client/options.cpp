#include "client/options.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "client/commands/request.hpp"
#include "client/commands/run.hpp"
#include "client/grammar.hpp"
#include "client/wire/endpoint.hpp"

namespace client {

namespace {

constexpr const char* footer = R"(
Each option can also be given by the environment: --pin-file as ATM_PIN_FILE.
A PIN is asked for without echo unless a file has it; it is never an argument.

Your role is customer, unless --as names another; with --teller-secret-file and
without --pin-file it is teller. After admin it is operator, over the admin
socket. create and reverse are for tellers (or: admin create, admin reverse).

Without a command, atm and atm admin read commands: at a prompt on a terminal,
otherwise one on each line of standard input. The exit status is then that of
the last command.

Ctrl-C during a transaction asks the server to cancel it, and prints the verdict
and the transaction's own end; a second Ctrl-C stops waiting for them. Then atm
dies of the signal, as a shell expects. SIGTERM and SIGHUP do the same.

Exit status:
  0  done               3  cancelled, or past its deadline
  1  refused            4  the outcome is not known (yet): ask status KEY
  2  wrong usage        5  cannot connect
cancel KEY and admin cancel: 0 if nothing was or will be changed, 1 if too late.
status KEY: 0 whatever the outcome is.)";

constexpr const char* version_line = "atm " ATM_VERSION "\n";

std::string check_endpoint(const std::string& text) {
  return parse_endpoint(text) ? std::string() : "HOST:PORT is needed, not '" + text + "'";
}

std::string check_role(const std::string& name) {
  return role_named(name) ? std::string()
                          : "customer, teller or operator is needed, not '" + name + "'";
}

void add_settings(CLI::App& app, Settings& settings) {
  app.add_option("--server", settings.server, "the address of atm-server")
      ->type_name("HOST:PORT")
      ->check(check_endpoint, "", "")
      ->capture_default_str();
  app.add_option("--admin-socket", settings.admin_socket, "the operator's socket")
      ->type_name("PATH")
      ->capture_default_str();
  app.add_option("--as", settings.as, "your role: customer, teller or operator")
      ->type_name("ROLE")
      ->check(check_role, "", "");
  const auto file = [&](const char* name, std::string& path, const char* help) {
    app.add_option(name, path, help)->type_name("FILE");
  };
  file("--pin-file", settings.pin_file, "its first line is the PIN (for create: the new one)");
  file("--new-pin-file", settings.new_pin_file, "its first line is passwd's new PIN");
  file("--teller-secret-file", settings.teller_secret_file,
       "its first line is the teller's secret");
  app.add_flag("--json", settings.json,
               "one JSON value a command; money in minor units, as on the wire");
  const auto number = [&](const char* name, std::int64_t greatest, auto store) {
    return app.add_option_function<std::string>(
        name, [=](const std::string& text) { store(require_number(name, text, 0, greatest)); });
  };
  number("--retry-for", 86'400,
         [&settings](std::int64_t value) { settings.retry_for = std::chrono::seconds(value); })
      ->type_name("SECONDS")
      ->description(
          "the longest wait for a lost, busy or silent server (default 30; 0: one attempt)");
  number("--account", INT64_MAX, [&settings](std::int64_t value) { settings.account = value; })
      ->type_name("N")
      ->description("the account that the command is about");
  for (CLI::Option* option : app.get_options()) {
    option->envname(variable_name(*option));
  }
}

// True if the line had the help flag before an error ended its parsing.
bool is_asked_for_help(const CLI::App& app) {
  const auto subcommands = app.get_subcommands();
  return app.get_help_ptr()->count() > 0 ||
         std::any_of(subcommands.begin(), subcommands.end(),
                     [](const CLI::App* sub) { return is_asked_for_help(*sub); });
}

// Parses by calling `parse`. Returns nothing if a command is to run, otherwise what to show.
template <typename Parse>
std::optional<Stop> stop_of(const CLI::App& app, Parse parse) {
  try {
    parse();
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return Stop{exit_done, app.help()};
  } catch (const CLI::CallForVersion&) {
    return Stop{exit_done, version_line};
  } catch (const CLI::ParseError& error) {
    // The user who asks for help may have been led there by what else is wrong.
    if (is_asked_for_help(app)) return Stop{exit_done, app.help()};
    const CLI::Option* version = app.get_option_no_throw("--version");
    if (version != nullptr && version->count() > 0) return Stop{exit_done, version_line};
    std::string line = error.what();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return Stop{exit_usage, line + " (see --help)"};
  }
}

// True if a command line that is wrong, perhaps before its --json, asks for JSON.
bool asks_for_json(std::vector<std::string> arguments_last_first) {
  bool json = false;
  CLI::App only;
  only.set_help_flag();
  only.allow_extras();
  only.add_flag("--json", json)->envname("ATM_JSON");
  try {
    only.parse(std::move(arguments_last_first));
  } catch (const CLI::ParseError&) {
    return false;
  }
  return json;
}

// True if a word that begins with a quote has no end. CLI11 would take the rest of the line for it.
bool ends_inside_quotes(std::string_view line) {
  char quote = 0;
  bool word_begins = true;
  for (const char c : line) {
    if (quote == 0 && word_begins && std::string_view("'\"`").find(c) != std::string_view::npos) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
    word_begins = c == ' ' || c == '\t';
  }
  return quote != 0;
}

// A parser of a prompt's lines, with the command that it fills.
struct LineParser {
  explicit LineParser(bool admin) {
    app.fallthrough();
    app.require_subcommand(0, 1);
    app.set_help_flag("-h,--help", "show this");
    add_argument(app, other_account, command);
    add_commands(app, command, admin ? "admin" : "", false);
  }

  static inline const Argument other_account{NumberField{&Command::account}, "--account", "N",
                                             "another account than atm's own"};
  Command command;
  CLI::App app{"", ""};
};

}  // namespace

std::variant<CommandLine, Stop> parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine result;
  CLI::App app("The client, the operator's tool and the load generator of atm-server.", "atm");
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_settings(app, result.settings);
  app.set_help_flag("-h,--help", "show this; after a command: its options");
  app.set_version_flag("--version", "");
  add_commands(app, result.command, "", true);
  // Last, because subcommands inherit it when they are added.
  app.footer(footer);
  // The parser takes its arguments last first.
  const std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  if (auto stop = stop_of(app, [&] { app.parse(std::vector(reversed)); })) {
    stop->json = asks_for_json(reversed);
    return *stop;
  }
  result.command.name = parsed_name(app);
  result.command.account = result.settings.account;
  return result;
}

std::variant<Command, Stop> parse_prompt_line(const std::string& line, bool admin) {
  if (ends_inside_quotes(line)) return Stop{exit_usage, "a quote is not closed; close it"};
  LineParser parser(admin);
  const auto stop = stop_of(parser.app, [&] { parser.app.parse(line, false); });
  if (stop) return *stop;
  const std::string name = parsed_name(parser.app);
  if (name.empty() || name == "admin") return Stop{exit_usage, "which command? (see help)"};
  parser.command.name = (admin ? "admin " : "") + name;
  return parser.command;
}

std::vector<std::string> completions(const std::string& line, bool admin) {
  LineParser parser(admin);
  const CLI::App* at = &parser.app;
  const std::string start = line.substr(line.rfind(' ') + 1);
  std::istringstream words(line.substr(0, line.size() - start.size()));
  for (std::string word; words >> word;) {
    const auto named =
        at->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
    if (!named.empty()) at = named.front();
  }
  std::vector<std::string> found;
  const auto offer = [&](const std::string& candidate) {
    if (candidate.starts_with(start)) found.push_back(candidate);
  };
  for (const CLI::App* sub : at->get_subcommands({})) offer(sub->get_name());
  for (const CLI::Option* option : at->get_options()) {
    if (option->get_positional() || !start.starts_with("-")) continue;
    offer("--" + option->get_single_name());
  }
  return found;
}

}  // namespace client
