#include "client/prompt.hpp"

#include <unistd.h>

#include "client/commands/perform.hpp"
#include "client/options.hpp"
#include "client/terminal/lines.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

// Names a command that is sent in the role of the prompt.
const char* any_command(bool admin) {
  return admin ? "admin" : "balance";
}

int show(Run& run, const Report& report) {
  return print(report, run.settings().json, stdout, stderr);
}

// Logs in, so that a wrong PIN is reported before the first command. Returns an exit status.
int log_in_first(Run& run, bool admin) {
  const Report report = with_errors_reported([&] {
    Command command;
    command.name = any_command(admin);
    const bool is_customer = role_for(command.name, run.settings()) == Role::customer;
    // Without an account, each command may name one.
    if (is_customer && !run.settings().account) return Report();
    const Ending ending = run.carry(command, {{"PING"}, Nature::read, 0, {}, {}});
    return exit_status(ending) == exit_done ? Report() : failed(ending);
  });
  return report.status == exit_done ? exit_done : show(run, report);
}

// Returns the prompt, with the role that its commands are sent as: `atm (customer 7)> `.
std::string question(Run& run, bool admin) {
  const Role role = role_for(any_command(admin), run.settings());
  std::string name = role_name(role);
  if (role == Role::customer && run.settings().account) {
    name += " " + std::to_string(*run.settings().account);
  }
  return std::string(admin ? "atm admin" : "atm") + " (" + name + ")> ";
}

// Performs one line and prints its result; empty lines and those that begin with # do nothing.
// Returns its exit status; nothing if it is `quit` or `exit`.
std::optional<int> perform_line(Run& run, const std::string& line, bool admin, int last_status) {
  const std::string words = trimmed(line);
  if (words.empty() || words[0] == '#') return last_status;
  if (words == "quit" || words == "exit") return std::nullopt;
  const auto parsed = parse_prompt_line(words == "help" ? "--help" : words, admin);
  if (const auto* stop = std::get_if<Stop>(&parsed)) {
    const Report report = stop->status == exit_done ? done(stop->text, {{"help", stop->text}})
                                                    : failed(stop->status, "", stop->text);
    return show(run, report);
  }
  Command command = std::get<Command>(parsed);
  if (!command.account) command.account = run.settings().account;
  return show(run, perform(run, command));
}

}  // namespace

int run_prompt(Run& run, bool admin) {
  const bool typed = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  int status = typed ? log_in_first(run, admin) : exit_done;
  if (status != exit_done) return status;
  const auto perform_one = [&](const std::string& line) {
    const auto result = perform_line(run, line, admin, status);
    status = result.value_or(status);
    return result.has_value();
  };
  if (typed) {
    const auto completed = [admin](const std::string& line) { return completions(line, admin); };
    const auto refuse = [&](const std::string& complaint) {
      status = show(run, failed(exit_usage, "", complaint));
    };
    read_typed_lines(run.interrupt(), {question(run, admin), completed, refuse}, perform_one);
    return status;
  }
  // A script ends with the first command that was interrupted, or whose result was not written.
  const auto perform_scripted = [&](const std::string& line) {
    return perform_one(line) && run.interrupt().fatal_signal() == 0 && std::ferror(stdout) == 0;
  };
  try {
    read_piped_lines(run.interrupt(), perform_scripted);
  } catch (const Interrupted&) {
    return exit_cancelled;
  } catch (const UsageError& error) {
    return show(run, failed(exit_usage, "", error.what()));
  }
  return status;
}

}  // namespace client
