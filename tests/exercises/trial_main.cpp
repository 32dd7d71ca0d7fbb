/// Runs the tests of one exercise, up to the first that fails.
///
///     PROGRAM [--token WORD]
///
/// With a token, the last line is "WORD passed" or "WORD failed SENTENCE", for scripts/grade.
/// Exits with 0 if all passed, 1 if one failed, 2 after wrong usage.

#include <cstdio>

#include "tests/exercises/trial.hpp"

namespace {

/// Prints the fault for people.
void report(const exercise::Trial& trial, const exercise::Fault& fault) {
  std::printf("FAILED: %s\n\n%s\n", std::string(trial.name()).c_str(), fault.sentence.c_str());
  if (fault.columns.empty()) return;
  std::printf(
      "\nAn order of the threads in which that happens (read it downwards; a column for each "
      "thread):\n\n%s",
      fault.columns.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const bool has_token = argc == 3 && std::string_view(argv[1]) == "--token";
  if (argc != 1 && !has_token) {
    std::fprintf(stderr, "usage: %s [--token WORD]\n", argv[0]);
    return 2;
  }
  exercise::Fault fault;
  for (const exercise::Trial* trial : exercise::trials()) {
    fault = exercise::run(*trial);
    if (!fault.sentence.empty()) {
      report(*trial, fault);
      break;
    }
    std::printf("passed: %s\n", std::string(trial->name()).c_str());
  }
  const bool passed = fault.sentence.empty();
  if (has_token) {
    std::printf("\n%s %s %s\n", argv[2], passed ? "passed" : "failed", fault.sentence.c_str());
  }
  return passed ? 0 : 1;
}
