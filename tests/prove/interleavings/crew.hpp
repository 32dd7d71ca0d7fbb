#pragma once

/// Explores many plans with several processes. Each takes the next plan from a common counter; if
/// one dies, the others continue.

#include <functional>
#include <string>
#include <vector>

#include "tests/prove/interleavings/plan.hpp"
#include "tests/scheduler/explore.hpp"

namespace interleavings {

/// How far a plan was explored.
enum class Extent : std::uint8_t {
  complete,   // every class of orders was run
  bounded,    // every order with few preemptions was run
  truncated,  // neither
  sampled,    // orders drawn at random; more was not intended
};

struct Tally {
  std::size_t plans = 0;
  std::size_t complete = 0;
  std::size_t bounded = 0;
  std::size_t truncated = 0;
  std::size_t runs = 0;       // without those that repeat another
  std::size_t redundant = 0;  // abandoned halfway, since they repeat another
  std::size_t threads = 0;    // in the largest plan
  std::size_t choices = 0;    // in the longest run
  std::size_t violations = 0;
};

/// The exploration of one plan.
struct Explored {
  /// `otherwise` is the extent of a result that is not complete.
  static Explored from(const explore::Result& result, Extent otherwise);
  /// Adds the runs of a further search of the plan; its failure and extent replace the earlier
  /// ones.
  void then(const Explored& more);

  Extent extent = Extent::truncated;
  std::size_t runs = 0;
  std::size_t redundant = 0;
  std::size_t threads = 0;
  std::size_t choices = 0;
  std::optional<explore::Failure> failure;
};

/// A check: its plans, and which of them to run.
struct Check {
  std::string name;
  std::vector<Plan> plans;
  std::string only;            // plans whose text contains this
  bool must_complete = false;  // a plan that is truncated is a violation
};

/// Explores each plan with `how`, prints each violation, and returns the sums.
Tally explore_all(const Check& check, const std::function<Explored(const explore::Body&)>& how);

}  // namespace interleavings
