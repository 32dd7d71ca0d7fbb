#pragma once

/// Explores many plans with several processes: each takes the next plan from a common counter, and
/// one that dies takes no other with it.

#include <functional>
#include <string>
#include <vector>

#include "tests/prove/interleavings/plan.hpp"
#include "tests/scheduler/explore.hpp"

namespace interleavings {

struct Tally {
  std::size_t plans = 0;
  std::size_t completed = 0;  // every class of orders was run
  std::size_t bounded = 0;    // every order with few preemptions was run
  std::size_t runs = 0;
  std::size_t violations = 0;
};

/// How one plan fared.
struct Explored {
  bool completed = false;
  bool bounded = false;
  std::size_t runs = 0;
  std::optional<explore::Failure> failure;
};

/// Explores each plan whose text contains `only`, prints each violation in the name of `check`, and
/// adds up.
Tally explore_all(const std::string& check, const std::vector<Plan>& plans, const std::string& only,
                  const std::function<Explored(const explore::Body&)>& how);

}  // namespace interleavings
