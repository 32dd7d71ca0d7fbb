#pragma once

#include <random>

#include "client/bench/plan.hpp"

namespace client::bench {

/// Decides when requests are due. Without a rate (closed loop) one is always due, until the end.
/// With a rate (open loop) they become due at random intervals (a Poisson process, as in pgbench),
/// whether the server keeps up or not.
class Pacing {
 public:
  using Time = Clock::time_point;

  /// The plan must outlive it.
  Pacing(const Plan& plan, Time start);

  /// Takes a request that is due. Returns the time at which it was due, or nothing.
  std::optional<Time> take(Time now);

  /// Returns when the next request is due; nothing if the last one was taken or the time is up.
  Until next() const;

  /// Replies that arrive before this time belong to the warm-up and are not measured.
  Time measured_from() const { return measured_from_; }

  /// Returns the number of requests that were due before the end and were not taken, once the time
  /// is up, and takes them; 0 before.
  std::int64_t take_missed(Time now);

 private:
  bool is_over(Time due) const;
  void advance();

  const Plan& plan_;
  const Time measured_from_;
  std::mt19937_64 random_;
  std::exponential_distribution<double> interval_;  // in seconds
  Time next_;
  std::int64_t taken_ = 0;
};

}  // namespace client::bench
