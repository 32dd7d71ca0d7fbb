/// atm: the client, the operator's tool and the load generator of atm-server.

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include <sodium.h>

#include "client/commands/perform.hpp"
#include "client/lesson_program.hpp"
#include "client/options.hpp"
#include "client/prompt.hpp"
#include "client/terminal/standard_streams.hpp"

namespace {

using namespace client;

int run_command_line(const std::vector<std::string>& arguments, Interrupt& interrupt) {
  const auto parsed = parse_command_line(arguments);
  if (const auto* stop = std::get_if<Stop>(&parsed)) {
    // Help is text even under --json.
    const bool is_help = stop->status == exit_done;
    return print(is_help ? done(stop->text, {}) : failed(stop->status, "", stop->text),
                 stop->json && !is_help, stdout, stderr);
  }
  const auto& [settings, command] = std::get<CommandLine>(parsed);
  Run run(settings, interrupt);
  if (command.name.empty() || command.name == "admin") {
    return run_prompt(run, command.name == "admin");
  }
  return print(perform(run, command), settings.json, stdout, stderr);
}

}  // namespace

int main(int argc, char** argv) {
  open_missing_standard_streams();
  if (argc > 1 && std::string_view(argv[1]) == "lesson") return run_lesson_program(argv + 2);
  // Writing to a closed pipe or connection returns an error instead.
  std::signal(SIGPIPE, SIG_IGN);
  int status = exit_unknown;
  int fatal_signal = 0;
  try {
    if (sodium_init() < 0) throw std::runtime_error("the system has no source of random numbers");
    Interrupt interrupt;
    const CaughtSignals caught(interrupt, {SIGINT, SIGTERM, SIGHUP});
    status = run_command_line({argv + 1, argv + argc}, interrupt);
    fatal_signal = interrupt.fatal_signal();
  } catch (const std::exception& failure) {
    // A failure of the machine, perhaps while a write was under way.
    print_line(std::string("given up, outcome not known: ") + failure.what(), stderr);
  }
  // Dies of the signal, so that a shell stops its loop or script, too.
  if (fatal_signal != 0) obey_signal(fatal_signal);
  return status;
}
