#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/bench/short_reply.hpp"

namespace client::bench {

/// Processor time of this process.
struct ProcessorTime {
  double user = 0;  // in seconds
  double system = 0;

  static ProcessorTime now();
  ProcessorTime operator-(const ProcessorTime& earlier) const {
    return {user - earlier.user, system - earlier.system};
  }
};

/// How often each code occurred.
using Counts = std::map<std::string, std::int64_t, std::less<>>;

/// The results of a run: latencies and counts of the measured replies.
struct Tally {
  std::vector<std::uint32_t> latencies;  // in microseconds, of the requests that were done
  Counts refusals;                       // by code; `UNFIT`: not a reply to such a request
  Counts verdicts;                       // of cancels, by code
  std::int64_t contradictions = 0;       // of a reply and the verdict about its request
  std::int64_t missed = 0;               // due, but not sent before the end
  double seconds = 0;
  ProcessorTime spent;
  bool interrupted = false;
};

/// Adds one to the count of a code.
void count(Counts& counts, std::string_view code);

/// Returns the sum of all counts.
std::int64_t total(const Counts& counts);

/// Returns true if the verdict of a cancel excludes this reply: CANCELLED and the request was done,
/// or TOOLATE and the reply says that it was cancelled.
bool contradicts(std::string_view verdict, bool was_done, bool was_cancelled);

}  // namespace client::bench
