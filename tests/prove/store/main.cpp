/// Faults and losses of power under the real bank on the real store.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/db/connections.hpp"
#include "tests/prove/store/checks.hpp"

namespace {

using Check = void (*)(prove::Report&);

int run(const char* program, const prove::Options& options, std::initializer_list<Check> checks) {
  try {
    connections::watch();
    prove::Report report(program, options);
    for (const Check check : checks) check(report);
    return report.found_any() ? 1 : 0;
  } catch (const std::exception& error) {
    std::cerr << "prove_store: " << error.what() << std::endl;
    return 2;
  }
}

/// Returns whether a check has this text in its name.
bool is_known(const std::string& only) {
  constexpr std::array names{"store/opening", "store/faults-control", "store/faults-group",
                             "store/power", "store/faults-requests"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return name.find(only) != name.npos; });
}

int status_of(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 2;
  return WEXITSTATUS(status);
}

}  // namespace

int main(int argc, char** argv) {
  prove::Options options;
  CLI::App app("Fails every call of the file system under the bank, and cuts its power.");
  app.add_flag("--full", options.full, "run all cases and many seeds; takes minutes");
  app.add_option("--seed", options.seed, "the seed of all random choices")->capture_default_str();
  app.add_option("--only", options.only, "run only checks whose name contains this");
  app.add_option("--case", options.one, "run only this case, named as in a violation");
  CLI11_PARSE(app, argc, argv);
  if (!is_known(options.only)) {
    std::cerr << "prove_store: no check has '" << options.only << "' in its name" << std::endl;
    return 2;
  }
  std::cerr << "seed " << options.seed << std::endl;
  // Two processes at a time, so that a hanging or dying one does not stop the other.
  const pid_t other = fork();
  if (other < 0) return 2;
  if (other == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int mine = other == 0
                       ? run(argv[0], options, {prove::check_power, prove::check_requests})
                       : run(argv[0], options,
                             {prove::check_opening, prove::check_controls, prove::check_group});
  if (other == 0) std::_Exit(mine);
  return std::max(mine, status_of(other));
}
