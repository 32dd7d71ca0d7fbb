#pragma once

/// Runs code that may hang or die in a child process, so that the lesson goes on.

#include <chrono>
#include <functional>
#include <string>

namespace lesson {

/// How a child process ended.
struct Ended {
  int status = -1;         // its exit status; -1 if it did not exit
  int signal = 0;          // the signal that ended it, or 0
  bool timed_out = false;  // it was killed at the time limit
  std::string output;      // of its standard output and standard error

  bool done() const { return status == 0; }
  /// "exited with 0", "died of SIGABRT", "hung".
  std::string spelled() const;
};

/// Far longer than anything takes that does end.
inline constexpr std::chrono::seconds ample{60};

/// Runs `body` in a child process and kills the child at the limit. The child exits with 0 when
/// `body` returns, with 70 if it throws. Other threads of this process do not exist in the child,
/// so the caller joins its threads before. Throws std::system_error if the system refuses a child.
/// Blocks until the child has ended.
Ended run_in_child(const std::function<void()>& body, std::chrono::milliseconds limit = ample);

}  // namespace lesson
