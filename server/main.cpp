/// atm-server: see --help.

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "server/boss.hpp"
#include "server/log.hpp"

namespace {

/// A missing standard stream would be the descriptor of the next file that is opened: the log would
/// be written into the ledger.
void open_missing_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  }
}

/// Raises the limit of open files as far as the system allows, and returns it. Each client needs
/// one file.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return SIZE_MAX;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

/// Lowers the number of clients so that enough descriptors are left for the ledger, which is opened
/// for each request that reads, and for the operator.
void leave_descriptors(std::size_t most, server::Options& options, bank::Events& events) {
  constexpr std::size_t of_one_reader = 3;
  constexpr std::size_t of_all_else = 128;
  const std::size_t reserve = of_one_reader * options.workers_max + of_all_else;
  const std::size_t least = std::max<std::size_t>(most / 4, 1);
  const std::size_t room = most > reserve + least ? most - reserve : least;
  if (options.connections_max <= room) return;
  options.connections_max = room;
  events.record(bank::Event::limits,
                {{"connections_max", room},
                 {"descriptors", most},
                 {"do", "raise the limit of open files, or lower --workers-max"}});
}

/// Signals that would end the process by default and must not. SIGHUP is ignored until the boss
/// handles it. SIGQUIT and SIGABRT keep their core dump.
void ignore_signals() {
  for (const int number : {SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
                           SIGIO, SIGPWR, SIGSTKFLT}) {
    std::signal(number, SIG_IGN);
  }
}

int serve(const server::Options& options, bank::Events& events) {
  std::error_code no_log;  // after an orderly stop
  const auto recovered = std::filesystem::file_size(options.data + "/ledger.db-wal", no_log);
  const auto ledger = ledger::open_sqlite(options.data);
  server::Boss boss(options, *ledger, events);
  events.record(bank::Event::start, {{"version", ATM_VERSION},
                                     {"pid", ::getpid()},
                                     {"listen", boss.address()},
                                     {"admin", options.admin_socket},
                                     {"ledger", options.data},
                                     {"store", ledger->version()},
                                     {"start_number", ledger->start_number()},
                                     {"recovered_log_bytes", no_log ? 0 : recovered}});
  if (const std::string refusal = ledger->write_refusal(); !refusal.empty()) {
    events.record(bank::Event::store_refused, {{"why", refusal}, {"until", "there is room"}});
  }
  std::cout << boss.ready_line() << std::endl;
  return boss.run();
}

}  // namespace

int main(int argc, char** argv) {
  open_missing_standard_streams();
  server::Parsed parsed = server::parse_options(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  server::end_when_out_of_memory();
  ignore_signals();
  server::Log log(parsed.options.log_level);
  try {
    leave_descriptors(raise_descriptor_limit(), parsed.options, log);
    return serve(parsed.options, log);
  } catch (const std::exception& error) {
    std::cerr << "atm-server: " << error.what() << "\n";
    return 1;
  }
}
