#pragma once

/// The operations of the bank, each run on the same small ledger.

#include <filesystem>
#include <span>
#include <string>

#include "tests/prove/store/branch.hpp"

namespace prove {

struct Operation {
  const char* name;
  std::string (*run)(Branch& branch, const std::filesystem::path& folder);
  // The key of the operation, if it has one without an outcome.
  ledger::AccountId account = 0;
  const char* key = nullptr;
  // A canceller receives UNKNOWN where a request receives STORE.
  bool cancels = false;
  // It may count a wrong PIN even if it fails.
  bool counts_attempts = false;
  // It runs with a checkpoint after every commit.
  bool checkpoints = false;
};

/// The requests of customers and tellers.
std::span<const Operation> requests();
/// Logging in, cancelling, and the operator's commands.
std::span<const Operation> controls();

/// Creates the ledger that they run on in a new directory. Returns the requests and replies.
invariants::Evidence make_base(const std::filesystem::path& directory);
/// Puts readers and the writer to use, so that their caches are filled.
void warm_up(Branch& branch);

}  // namespace prove
