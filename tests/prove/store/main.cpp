/// Faults and losses of power under the real bank on the real store.

#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>
#include <sqlite3.h>

#include "tests/prove/store/checks.hpp"

int main(int argc, char** argv) {
  prove::Options options;
  CLI::App app("Fails every call of the file system under the bank, and takes its power away.");
  app.add_flag("--full", options.full, "all there is, and many seeds: minutes");
  app.add_option("--seed", options.seed, "where chance begins")->capture_default_str();
  app.add_option("--only", options.only, "only checks whose name contains this");
  app.add_option("--case", options.one, "only this one case, as a violation names it");
  CLI11_PARSE(app, argc, argv);
  try {
    prove::Report report(argv[0], options);
    report.tell("seed " + std::to_string(options.seed));
    prove::check_faults(report);
    prove::check_opening(report);
    prove::check_power(report);
    return report.found_any() ? 1 : 0;
  } catch (const std::exception& error) {
    std::cerr << "prove_store: " << error.what() << std::endl;
    return 2;
  }
}
