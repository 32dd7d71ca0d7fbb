#pragma once

/// What the user asked for, as parsed from the command line or a line of the prompt.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace client {

/// What holds for the whole run.
struct Settings {
  std::string server = "127.0.0.1:7007";
  std::string admin_socket = "./atm-data/admin.sock";
  bool admin_socket_given = false;
  std::optional<std::int64_t> account;
  std::string pin_file;            // empty: ask
  std::string new_pin_file;        // empty: ask
  std::string teller_secret_file;  // empty: not a teller
  bool json = false;
  std::chrono::seconds retry_for{30};
};

struct BenchOptions {
  std::string op = "deposit";
  std::int64_t connections = 8;
  std::int64_t requests = 10'000;
  std::int64_t accounts = 1;  // how many, beginning with --account
  std::int64_t amount = 1;    // minor units

  bool operator==(const BenchOptions&) const = default;
};

/// One command with its arguments; which of them are set depends on the command.
struct Command {
  std::string name;  // `deposit`, `admin hold add`
  std::optional<std::int64_t> account;
  std::int64_t amount = 0;  // minor units
  std::optional<std::int64_t> balance;
  std::int64_t to = 0;
  std::int64_t number = 0;  // the account or the connection an operator's command is about
  std::string key;          // given, or the one asked about
  std::optional<std::int64_t> timeout_ms;
  std::optional<std::int64_t> wait_ms;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> before;
  std::string handle;
  std::string reason;
  std::string point;
  std::string op;
  std::string path;
  std::string section;
  BenchOptions bench;

  bool operator==(const Command&) const = default;
};

}  // namespace client
