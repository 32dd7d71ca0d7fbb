#include "server/options.hpp"

#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>

namespace server {
namespace {

/// Options as they are on the command line, before they are converted.
struct Raw {
  std::string listen = "127.0.0.1:7007";
  std::string mechanism = "token";
  std::int64_t worker_idle = 10'000;
  std::int64_t request_timeout = -1;
  std::int64_t drain_timeout = 30'000;
  std::int64_t auth_timeout = 60'000;
  std::int64_t idle_timeout = 900'000;
  std::int64_t write_timeout = 30'000;
};

constexpr std::int64_t a_day = 86'400'000;

void describe(CLI::App& app, Options& options, Raw& raw) {
  const auto milliseconds = CLI::Range(std::int64_t{0}, a_day);
  const auto add = [&app](const char* name, auto& value, const char* meaning,
                          const char* environment) {
    return app.add_option(name, value, meaning)->envname(environment)->capture_default_str();
  };
  add("--data", options.data, "the directory of the ledger", "ATM_DATA");
  add("--listen", raw.listen,
      "HOST:PORT for clients; host * is every address, port 0 picks a free one", "ATM_LISTEN");
  add("--admin-socket", options.admin_socket,
      "the operator's Unix socket (default: admin.sock in the data directory)",
      "ATM_SERVER_ADMIN_SOCKET");
  add("--mechanism", raw.mechanism,
      "how a request is cancelled: token (an exception) or posix (pthread_cancel)", "ATM_MECHANISM")
      ->check(CLI::IsMember({"token", "posix"}));
  add("--workers-max", options.workers_max, "how many worker threads may run at once",
      "ATM_WORKERS_MAX")
      ->check(CLI::Range(1, 100'000));
  add("--queue-max", options.queue_max,
      "how many requests may wait for a worker; more receive BUSY", "ATM_QUEUE_MAX")
      ->check(CLI::Range(0, 1'000'000));
  add("--connections-max", options.connections_max,
      "how many clients may be connected at once; more receive BUSY", "ATM_CONNECTIONS_MAX")
      ->check(CLI::Range(1, 1'000'000));
  add("--worker-idle", raw.worker_idle,
      "ms until an idle worker ends; 0: a new thread for each request", "ATM_WORKER_IDLE")
      ->check(milliseconds);
  add("--request-timeout", raw.request_timeout,
      "ms a request may take until it is cancelled; 0: no limit (default: 30000, or 0 with "
      "--teaching)",
      "ATM_REQUEST_TIMEOUT")
      ->check(CLI::Range(std::int64_t{-1}, a_day));
  add("--drain-timeout", raw.drain_timeout,
      "ms after SIGTERM until requests that still run are cancelled", "ATM_DRAIN_TIMEOUT")
      ->check(milliseconds);
  add("--auth-timeout", raw.auth_timeout, "ms a client has to log in; 0: no limit",
      "ATM_AUTH_TIMEOUT")
      ->check(milliseconds);
  add("--idle-timeout", raw.idle_timeout, "ms a client may send no command; 0: no limit",
      "ATM_IDLE_TIMEOUT")
      ->check(milliseconds);
  add("--write-timeout", raw.write_timeout, "ms a client may leave a reply unread; 0: no limit",
      "ATM_WRITE_TIMEOUT")
      ->check(milliseconds);
  add("--teller-secret-file", options.teller_secret_file,
      "a file with the tellers' secret; without it no teller can log in",
      "ATM_SERVER_TELLER_SECRET_FILE");
  app.add_flag("--insecure-listen", options.listen.beyond_loopback,
               "allow clients from other machines, although the wire is not encrypted")
      ->envname("ATM_INSECURE_LISTEN");
  app.add_flag("--teaching", options.teaching, "allow holds, and record the time of every point")
      ->envname("ATM_TEACHING");
  app.add_flag("--cheap-pins", options.cheap_pins, "weak PIN hashes; for tests only")
      ->envname("ATM_CHEAP_PINS");
  add("--log-level", options.log_level, "the least severe events that are logged to standard error",
      "ATM_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
}

/// "HOST:PORT", "[::1]:PORT". Throws CLI::ValidationError.
void read_listen(const std::string& text, Options& options) {
  const std::size_t colon = text.rfind(':');
  const CLI::ValidationError wrong("--listen", "'" + text + "' is not HOST:PORT");
  if (colon == std::string::npos || colon + 1 == text.size()) throw wrong;
  const std::string port = text.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string::npos || port.size() > 5) throw wrong;
  const int number = std::stoi(port);
  if (number > 65'535) throw wrong;
  options.listen.port = static_cast<std::uint16_t>(number);
  std::string& host = options.listen.host;
  host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) throw wrong;
}

void finish(Options& options, const Raw& raw) {
  using std::chrono::milliseconds;
  read_listen(raw.listen, options);
  if (!options.teller_secret_file.empty()) {
    try {
      options.teller_secret = read_teller_secret(options.teller_secret_file);
    } catch (const std::runtime_error& error) {
      throw CLI::ValidationError("--teller-secret-file", error.what());
    }
  }
  if (options.admin_socket.empty()) options.admin_socket = options.data + "/admin.sock";
  if (raw.mechanism == "posix") options.mechanism = cancel::Mechanism::posix;
  options.worker_idle = milliseconds(raw.worker_idle);
  options.drain_timeout = milliseconds(raw.drain_timeout);
  options.client_timeouts = {milliseconds(raw.auth_timeout), milliseconds(raw.idle_timeout),
                             milliseconds(raw.write_timeout)};
  if (raw.request_timeout >= 0) {
    options.request_timeout = milliseconds(raw.request_timeout);
  } else if (options.teaching) {
    options.request_timeout = milliseconds(0);
  }
}

}  // namespace

Parsed parse_options(int argc, char** argv) {
  Parsed parsed;
  Raw raw;
  CLI::App app("An ATM banking server whose requests can be cancelled safely.", "atm-server");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return "atm-server: " + std::string(error.what()) + "; see --help\n";
  });
  app.set_version_flag("--version", "atm-server " ATM_VERSION);
  describe(app, parsed.options, raw);
  try {
    app.parse(argc, argv);
    finish(parsed.options, raw);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, std::cout, std::cerr);
    parsed.exit_status = status == 0 ? 0 : 2;
  }
  return parsed;
}

}  // namespace server
