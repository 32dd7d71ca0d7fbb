#pragma once

/// Everything the bank is asked to do, each on the same small ledger.

#include <filesystem>
#include <span>
#include <string>

#include "tests/prove/store/branch.hpp"

namespace prove {

struct Operation {
  const char* name;
  std::string (*run)(Branch& branch, const std::filesystem::path& folder);
  // The key it is asked under, if it is asked under one that is not decided yet.
  ledger::AccountId account = 0;
  const char* key = nullptr;
  // A canceller is told UNKNOWN where a request is told STORE.
  bool cancels = false;
  // Whatever comes of it, a wrong PIN may have been counted before.
  bool counts_attempts = false;
  // Checkpoints after every commit.
  bool checkpoints = false;
};

/// What customers and tellers ask for.
std::span<const Operation> requests();
/// What stands around that: logging in, cancelling, and the operator's commands.
std::span<const Operation> controls();

/// Makes the ledger that they are run on, in a new directory; returns what was asked and told.
invariants::Evidence make_base(const std::filesystem::path& directory);
/// Lets readers and the writer be in use before.
void warm_up(Branch& branch);

}  // namespace prove
