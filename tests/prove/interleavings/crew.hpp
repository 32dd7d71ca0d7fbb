#pragma once

/// Explores many plans with several processes: each takes the next plan from a common counter, and
/// one that dies takes no other with it.

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
  sampled,    // by lot: nothing else was meant
};

struct Tally {
  std::size_t plans = 0;
  std::size_t complete = 0;
  std::size_t bounded = 0;
  std::size_t truncated = 0;
  std::size_t runs = 0;       // that did not repeat another
  std::size_t redundant = 0;  // that were found to repeat another, halfway
  std::size_t threads = 0;    // at the most
  std::size_t choices = 0;    // in the longest run
  std::size_t violations = 0;
};

/// How one plan fared.
struct Explored {
  /// Of a result that was to be complete, or was not meant to be (`otherwise`).
  static Explored from(const explore::Result& result, Extent otherwise);
  /// Adds the runs of another search of the plan; its failure, and how far it went, count.
  void then(const Explored& more);

  Extent extent = Extent::truncated;
  std::size_t runs = 0;
  std::size_t redundant = 0;
  std::size_t threads = 0;
  std::size_t choices = 0;
  std::optional<explore::Failure> failure;
};

/// A check: what its plans are, and which of them are asked for.
struct Check {
  std::string name;
  std::vector<Plan> plans;
  std::string only;            // plans whose text contains this
  bool must_complete = false;  // a plan that is truncated is a violation
};

/// Explores each plan, prints each violation, and adds up.
Tally explore_all(const Check& check, const std::function<Explored(const explore::Body&)>& how);

}  // namespace interleavings
