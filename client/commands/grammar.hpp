#pragma once

/// The commands' words and options, for CLI11. Shared by the command line and the prompt.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "client/commands/command.hpp"

namespace client {

/// What a number may be, both included.
struct Range {
  std::int64_t least = 0;
  std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
};

/// Adds commands to an application, each writing into one Command. An option's environment
/// variable is ATM_ and its name in capitals, where `environment` says it counts.
class Grammar {
 public:
  /// `command` must outlive the application's parsing.
  Grammar(Command& command, bool environment) : command_(command), environment_(environment) {}

  void add_customer_commands(CLI::App& app);
  void add_admin_commands(CLI::App& app);
  void add_bench(CLI::App& app);

  /// `--name VALUE` of decimal digits within the limits.
  CLI::Option* number(CLI::App& app, const std::string& name, std::optional<std::int64_t>& target,
                      Range range, const std::string& help);
  /// Lets the option be given by the environment, too, as ATM_NAME or ATM_PREFIX_NAME.
  CLI::Option* with_environment(CLI::Option* option, const std::string& prefix = {});

 private:
  CLI::App* transaction(CLI::App& app, const std::string& name, const std::string& help);
  CLI::Option* money(CLI::App& app, const std::string& name, std::int64_t& target);
  CLI::Option* required_number(CLI::App& app, const std::string& name, std::int64_t& target,
                               const std::string& help);
  void key_option(CLI::App& app);
  void key_argument(CLI::App& app, const std::string& help);
  void timeout_option(CLI::App& app);
  void wait_option(CLI::App& app);
  void add_about_keys(CLI::App& app);
  void add_transaction_tools(CLI::App& app);
  void add_holds(CLI::App& app);
  void add_account_tools(CLI::App& app);
  void add_server_tools(CLI::App& app);
  CLI::App* with_handle(CLI::App& app, const std::string& name, const std::string& help);

  Command& command_;
  const bool environment_;
};

}  // namespace client
