#pragma once

/// The options of atm-server: its command line and the ATM_… environment.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "server/cancel/request.hpp"
#include "server/wire/connection.hpp"
#include "server/wire/listener.hpp"

namespace server {

struct Options {
  std::string data = "./atm-data";
  wire::TcpAddress listen{"127.0.0.1", 7007};
  std::string admin_socket;  // default: admin.sock in `data`
  cancel::Mechanism mechanism = cancel::Mechanism::token;
  std::size_t workers_max = 256;
  std::size_t queue_max = 1024;
  std::size_t connections_max = 4096;
  std::chrono::milliseconds worker_idle{10'000};      // 0: a thread for each request
  std::chrono::milliseconds request_timeout{30'000};  // 0: no limit, the default with `teaching`
  std::chrono::milliseconds drain_timeout{30'000};
  wire::Timeouts client_timeouts{.auth = std::chrono::minutes(1),
                                 .idle = std::chrono::minutes(15),
                                 .write = std::chrono::seconds(30)};
  std::string teller_secret_file;            // empty: there are no tellers
  std::optional<std::string> teller_secret;  // its first line
  bool teaching = false;
  bool cheap_pins = false;
  std::string log_level = "info";
};

struct Parsed {
  Options options;
  /// Set if the program has nothing to do but exit: after --help or --version (0), or a wrong
  /// option (2), or if its text could not be written (1). The text has been printed.
  std::optional<int> exit_status;
};
/// Reads the command line, and the environment for options that are not on it.
Parsed parse_options(int argc, char** argv);

/// Whether a file is read for the first time. A pipe gives its bytes once.
enum class Reading : std::uint8_t { first, again };
/// Reads the tellers' secret: the file's first line. Throws std::runtime_error, in one line, if the
/// file cannot be read, if its mode lets other users read it, if a pipe is read again, or if the
/// secret does not have 8 to 1024 characters. Blocks for the disk; the first reading, for the
/// writer of a pipe.
std::string read_teller_secret(const std::string& path, Reading reading);

}  // namespace server
