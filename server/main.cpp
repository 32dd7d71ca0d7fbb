/// atm-server: see --help.

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include <sys/resource.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "server/boss.hpp"
#include "server/log.hpp"

namespace {

/// As many descriptors as the system allows: each client takes one. How many there are.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return SIZE_MAX;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

/// Clients leave enough descriptors for the ledger, which opens it for each request that reads, and
/// for the operator.
void leave_descriptors(std::size_t most, server::Options& options) {
  constexpr std::size_t of_one_reader = 3;
  constexpr std::size_t of_all_else = 128;
  const std::size_t reserve = of_one_reader * options.workers_max + of_all_else;
  const std::size_t least = std::max<std::size_t>(most / 4, 1);
  const std::size_t room = most > reserve + least ? most - reserve : least;
  if (options.connections_max <= room) return;
  options.connections_max = room;
  server::log().warn(
      "at most {} clients at once: the system gives {} descriptors; raise its limit, or lower "
      "--workers-max",
      room, most);
}

int serve(const server::Options& options) {
  const auto ledger = ledger::open_sqlite(options.data);
  const std::string refusal = ledger->write_refusal();
  if (!refusal.empty()) server::log().warn("ledger: only reads until there is room: {}", refusal);
  server::Boss boss(options, *ledger);
  std::cout << boss.ready_line() << std::endl;
  return boss.run();
}

}  // namespace

int main(int argc, char** argv) {
  server::Parsed parsed = server::parse_options(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  server::set_log_level(parsed.options.log_level);
  server::end_when_out_of_memory();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    leave_descriptors(raise_descriptor_limit(), parsed.options);
    return serve(parsed.options);
  } catch (const std::exception& error) {
    std::cerr << "atm-server: " << error.what() << "\n";
    return 1;
  }
}
