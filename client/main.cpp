/// atm: the client, the operator's tool and the load generator of atm-server.

#include <csignal>
#include <cstdio>
#include <exception>

#include <sodium.h>

#include "client/commands/perform.hpp"
#include "client/options.hpp"
#include "client/prompt.hpp"

namespace {

int run_command_line(const std::vector<std::string>& arguments) {
  using namespace client;
  const auto parsed = parse_command_line(arguments);
  if (const auto* stop = std::get_if<Stop>(&parsed)) {
    if (stop->status != exit_done) {
      return print(failed(stop->status, "", stop->text), stop->json, stdout, stderr);
    }
    std::fputs(stop->text.c_str(), stdout);
    return stop->status;
  }
  const auto& [settings, command] = std::get<CommandLine>(parsed);
  Interrupt interrupt;
  interrupt.on_sigint();
  Run run(settings, interrupt);
  if (command.name.empty() || command.name == "admin") {
    return run_prompt(run, command.name == "admin");
  }
  return print(perform(run, command), settings.json, stdout, stderr);
}

}  // namespace

int main(int argc, char** argv) {
  // Writing to a closed pipe or connection returns an error instead.
  std::signal(SIGPIPE, SIG_IGN);
  if (sodium_init() < 0) {
    client::print_line("the system has no source of random numbers", stderr);
    return client::exit_usage;
  }
  try {
    return run_command_line({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    // A failure of the machine, perhaps while a write was under way.
    client::print_line(std::string("given up, outcome not known: ") + failure.what(), stderr);
    return client::exit_unknown;
  }
}
