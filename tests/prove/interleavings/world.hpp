#pragma once

/// One run of a plan: a bank, a boss who is a thread of the run, a worker for each request, a
/// thread for each canceller; and in the end, the invariants.

#include "tests/prove/interleavings/plan.hpp"
#include "tests/scheduler/explore.hpp"

namespace interleavings {

/// The body for explore: makes everything afresh, runs it, judges it.
void run_plan(explore::Run& run, const Plan& plan);

}  // namespace interleavings
