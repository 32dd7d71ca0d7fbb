#pragma once

/// A command and its settings, as parsed from the command line or from a line of the prompt.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace client {

/// The options that apply to the whole run.
struct Settings {
  std::string server = "127.0.0.1:7007";
  std::string admin_socket = "./atm-data/admin.sock";
  std::string as;  // the name of a role; empty: it follows from the other options
  std::optional<std::int64_t> account;
  std::string pin_file;            // empty: ask
  std::string new_pin_file;        // empty: ask
  std::string teller_secret_file;  // empty: not a teller
  bool json = false;
  std::chrono::seconds retry_for{30};
};

using Number = std::optional<std::int64_t>;

/// One command and its arguments. An argument that was not given is empty.
struct Command {
  std::string name;  // as in the command table: `deposit`, `admin hold add`
  Number account;
  Number amount;   // minor units
  Number balance;  // minor units
  Number to;       // the account that receives a transfer
  Number number;   // the account or the connection of an operator's command
  std::string key;
  Number timeout_ms;
  Number wait_ms;
  Number limit;
  Number before;
  std::string handle;
  std::string reason;
  std::string point;
  std::string op;
  std::string path;
  std::string section;
  Number seconds;      // of admin record, and of bench
  Number connections;  // of bench, as is all that follows
  Number requests;
  Number rate;
  Number accounts;
  Number cancels;  // per cent
  Number seed;
  bool random_accounts = false;
  bool random_keys = false;

  bool operator==(const Command&) const = default;
};

}  // namespace client
