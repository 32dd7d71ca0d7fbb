#pragma once

#include "client/bench/tally.hpp"
#include "client/commands/report.hpp"

namespace client {

/// Reports what a benchmark measured: throughput, latencies, refusals, cancels, and the processor
/// time of this program. Its status is exit_refused if a request was refused other than by a cancel
/// of the plan, or if a reply contradicts a verdict; exit_cancelled if the run was interrupted.
Report report_of(bench::Tally tally, const bench::Plan& plan, std::size_t connections);

}  // namespace client
