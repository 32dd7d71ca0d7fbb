#include "server/options.hpp"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <iostream>

#include <CLI/CLI.hpp>

namespace server {
namespace {

using std::chrono::milliseconds;

/// Reads "HOST:PORT" or "[::1]:PORT". Throws CLI::ValidationError.
void read_listen(const std::string& text, wire::TcpAddress& listen) {
  const std::size_t colon = text.rfind(':');
  const auto wrong = [&text] {
    return CLI::ValidationError("--listen", "'" + text + "' is not HOST:PORT");
  };
  if (colon == std::string::npos || colon + 1 == text.size()) throw wrong();
  const std::string port = text.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string::npos || port.size() > 5) throw wrong();
  const int number = std::stoi(port);
  if (number > 65'535) throw wrong();
  listen.port = static_cast<std::uint16_t>(number);
  std::string& host = listen.host;
  host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) throw wrong();
}

/// Describes each option; its default is the value it has.
void describe(CLI::App& app, Options& options) {
  const auto add = [&app](const char* name, auto& value, const char* meaning) {
    return app.add_option(name, value, meaning)->capture_default_str();
  };
  const auto add_ms = [&app](const char* name, milliseconds& time, const char* meaning) {
    const auto set = [&time](std::int64_t ms) { time = milliseconds(ms); };
    app.add_option_function<std::int64_t>(name, set, meaning)
        ->default_str(std::to_string(time.count()))
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400'000}));  // a day
  };
  const auto listen = [&](const std::string& text) { read_listen(text, options.listen); };
  const auto mechanism = [&](const std::string& name) {
    options.mechanism = name == "posix" ? cancel::Mechanism::posix : cancel::Mechanism::token;
  };
  add("--data", options.data, "the directory of the ledger");
  app.add_option_function<std::string>(
         "--listen", listen,
         "HOST:PORT for clients; host * is every address, port 0 picks a free one")
      ->default_str("127.0.0.1:7007");
  add("--admin-socket", options.admin_socket,
      "the operator's Unix socket (default: admin.sock in the data directory)")
      ->envname("ATM_SERVER_ADMIN_SOCKET");
  app.add_option_function<std::string>(
         "--mechanism", mechanism,
         "how a request is cancelled: token (an exception) or posix (pthread_cancel)")
      ->default_str("token")
      ->check(CLI::IsMember({"token", "posix"}));
  add("--workers-max", options.workers_max, "how many worker threads may run at once")
      ->check(CLI::Range(1, 100'000));
  add("--queue-max", options.queue_max,
      "how many requests may wait for a worker; more receive BUSY")
      ->check(CLI::Range(0, 1'000'000));
  add("--connections-max", options.connections_max,
      "how many clients may be connected at once; more receive BUSY")
      ->check(CLI::Range(1, 1'000'000));
  add_ms("--worker-idle", options.worker_idle,
         "ms until an idle worker ends; 0: a new thread for each request");
  add_ms(
      "--request-timeout", options.request_timeout,
      "ms a request may take until it is cancelled, or its TIMEOUT if that is less; 0: no limit, "
      "the default with --teaching");
  add_ms("--drain-timeout", options.drain_timeout,
         "ms after SIGTERM until requests that still run are cancelled");
  wire::Timeouts& client = options.client_timeouts;
  add_ms("--auth-timeout", client.auth, "ms a client has to log in; 0: no limit");
  add_ms("--idle-timeout", client.idle, "ms a client may send no command; 0: no limit");
  add_ms("--write-timeout", client.write, "ms a client may leave a reply unread; 0: no limit");
  add("--teller-secret-file", options.teller_secret_file,
      "a file with the tellers' secret, of 8 to 1024 characters; without it no teller can log in")
      ->envname("ATM_SERVER_TELLER_SECRET_FILE");
  app.add_flag("--insecure-listen", options.listen.beyond_loopback,
               "allow clients from other machines, although the wire is not encrypted");
  app.add_flag("--teaching", options.teaching, "allow holds, and record the time of every point");
  app.add_flag("--cheap-pins", options.cheap_pins, "weak PIN hashes; for tests only");
  add("--log-level", options.log_level, "the least severe events that are logged to standard error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
}

/// Names the environment's variable for each option that has none: ATM_QUEUE_MAX for --queue-max.
void name_variables(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_trigger_on_parse()) continue;  // --help and --version
    if (!option->get_envname().empty()) continue;
    std::string name = "ATM_" + option->get_lnames()[0];
    for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    option->envname(name);
  }
}

/// Sets what depends on several options, and reads the tellers' secret.
void finish(const CLI::App& app, Options& options) {
  if (options.admin_socket.empty()) options.admin_socket = options.data + "/admin.sock";
  if (options.teaching && app.count("--request-timeout") == 0) options.request_timeout = {};
  if (options.teller_secret_file.empty()) return;
  try {
    options.teller_secret = read_teller_secret(options.teller_secret_file, Reading::first);
  } catch (const std::runtime_error& error) {
    throw CLI::ValidationError("--teller-secret-file", error.what());
  }
}

}  // namespace

Parsed parse_options(int argc, char** argv) {
  Parsed parsed;
  CLI::App app("An ATM banking server whose requests can be cancelled safely.", "atm-server");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return "atm-server: " + std::string(error.what()) + "; see --help\n";
  });
  // Both are obeyed before any other option, or variable, is read and found wrong.
  app.set_help_flag();  // the library's own is obeyed last
  app.add_flag_callback(
         "-h,--help", [] { throw CLI::CallForHelp(); }, "Print this help message and exit")
      ->trigger_on_parse();
  app.set_version_flag("--version", "atm-server " ATM_VERSION)->trigger_on_parse();
  describe(app, parsed.options);
  name_variables(app);
  try {
    app.parse(argc, argv);
    finish(app, parsed.options);
  } catch (const CLI::ParseError& error) {
    parsed.exit_status = app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
    if (!std::cout.flush()) {
      std::cerr << "atm-server: cannot write standard output: " << std::strerror(errno) << "\n";
      parsed.exit_status = 1;
    }
  }
  return parsed;
}

}  // namespace server
