#pragma once

/// One run of a plan: a bank, a thread for the boss, a worker for each request and a thread for
/// each other actor. At the end it checks the invariants.

#include "tests/prove/interleavings/plan.hpp"
#include "tests/scheduler/explore.hpp"

namespace interleavings {

/// The body of a run for explore: makes a new bank, runs the plan and checks the result.
void run_plan(explore::Run& run, const Plan& plan);

}  // namespace interleavings
