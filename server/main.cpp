/// atm-server: see --help.

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "server/boss.hpp"
#include "server/log.hpp"

namespace {

/// A missing standard stream would be the descriptor of the next file that is opened: the log would
/// be written into the ledger. Writing to a missing standard output still fails.
void open_missing_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const int mode = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", mode);
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
/// for each request that reads, and for the operator. Throws std::runtime_error, in one line, if
/// there is no room for one client.
void leave_descriptors(std::size_t most, server::Options& options, bank::Events& events) {
  constexpr std::size_t of_reader = 3;
  constexpr std::size_t of_program = 32;  // standard streams, the event loop, the ledger's writer
  constexpr std::size_t of_reserve = 6 * of_reader;         // its threads, and those for logins
  constexpr std::size_t of_operator = 4 * (1 + of_reader);  // connections and their requests
  constexpr std::size_t of_refused = 32;                    // clients that still read their BUSY
  constexpr std::size_t fixed = of_program + of_reserve + of_operator + of_refused;
  constexpr std::size_t least = fixed + 2 * (1 + of_reader);  // a client and the operator
  if (most < least) {
    throw std::runtime_error("only " + std::to_string(most) +
                             " files may be open, and the server " + "needs " +
                             std::to_string(least) + "; raise the limit (ulimit -n)");
  }
  // A client has one request at a time, so there are as many readers, or one for each worker.
  const std::size_t free = most - fixed;
  const std::size_t busy_clients = free / (1 + of_reader);
  const std::size_t room =
      busy_clients <= options.workers_max ? busy_clients : free - of_reader * options.workers_max;
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
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) std::signal(number, SIG_IGN);
}

/// Prints the ready line. The server serves even if that fails: its supervisor may read no output.
void announce(const std::string& ready_line, bank::Events& events) {
  if (std::cout << ready_line << std::endl) return;
  events.record(bank::Event::not_announced,
                {{"why", std::string("cannot write standard output: ") + std::strerror(errno)},
                 {"line", ready_line}});
}

/// Warns of a data directory whose files other users can replace.
void warn_of_exposed_data(const server::Options& options, bank::Events& events) {
  struct stat found {};
  const bool exposed =
      ::stat(options.data.c_str(), &found) == 0 && (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!exposed) return;
  events.record(bank::Event::data_exposed,
                {{"ledger", options.data}, {"do", "run chmod go-w on the data directory"}});
}

/// From now on no signal that asks for a stop has an effect: the boss, which handled them, goes,
/// and by default they would kill the server while it closes the ledger. The threads of the boss
/// end before its handlers do, so it suffices to block them in the main thread.
void block_ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int number : {SIGTERM, SIGINT, SIGXCPU, SIGHUP}) sigaddset(&ending, number);
  ::sigprocmask(SIG_BLOCK, &ending, nullptr);
}

int serve(const server::Options& options, bank::Events& events) {
  std::error_code no_log;  // after an orderly stop
  const auto recovered = std::filesystem::file_size(options.data + "/ledger.db-wal", no_log);
  const auto ledger = ledger::open_sqlite(options.data);
  warn_of_exposed_data(options, events);
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
  announce(boss.ready_line(), events);
  const int status = boss.run();
  block_ending_signals();
  return status;
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
