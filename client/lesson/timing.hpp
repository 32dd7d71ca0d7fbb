#pragma once

/// Times that are comparable on a busy machine: best rounds, CPU time, and ratios with their
/// spread. All in nanoseconds.

#include <algorithm>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/types.h>

namespace lesson {

double read_clock(clockid_t clock);
/// Returns the CPU time that a process has used so far, all its threads together.
double cpu_time(pid_t process);

/// Returns the time of one step in the best of several rounds: the one that was disturbed least.
template <typename Step>
double best_time(int rounds, int steps, Step step) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const double start = read_clock(CLOCK_MONOTONIC);
    for (int i = 0; i < steps; ++i) step();
    best = std::min(best, (read_clock(CLOCK_MONOTONIC) - start) / steps);
  }
  return best;
}

/// The ratios of two series, round by round.
struct Ratios {
  Ratios(const std::vector<double>& these, const std::vector<double>& those);
  /// "1.02 (0.93 to 1.10)"
  std::string spelled() const;
  double low = 0, middle = 0, high = 0;
};

double middle(std::vector<double> of);

/// "12.3 us", and the like.
std::string format(const char* how, double number);
std::string in_us(double nanoseconds);

/// Keeps the calling thread, and the processes that it starts, on one CPU: what a change of the CPU
/// costs differs from round to round.
class OneCpu {
 public:
  OneCpu();
  ~OneCpu();
  OneCpu(const OneCpu&) = delete;
  OneCpu& operator=(const OneCpu&) = delete;

 private:
  cpu_set_t all_{};
};

}  // namespace lesson
