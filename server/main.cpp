/// atm-server: see --help.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include <sys/resource.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "server/boss.hpp"
#include "server/log.hpp"

namespace {

/// As many descriptors as the system allows: each client takes one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const server::Options& options) {
  const auto ledger = ledger::open_sqlite(options.data);
  server::Boss boss(options, *ledger);
  std::cout << boss.ready_line() << std::endl;
  return boss.run();
}

}  // namespace

int main(int argc, char** argv) {
  const server::Parsed parsed = server::parse_options(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  server::set_log_level(parsed.options.log_level);
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  try {
    return serve(parsed.options);
  } catch (const std::exception& error) {
    std::cerr << "atm-server: " << error.what() << "\n";
    return 1;
  }
}
