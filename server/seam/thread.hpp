#pragma once

/// A POSIX thread that can be cancelled.

#include <cstdint>
#include <functional>

#include <pthread.h>

namespace seam {

/// A thread starts with cancellation disabled and deferred; only the window (window.hpp) enables
/// it. One thread creates, cancels and joins it, and joins it before the Thread is destroyed.
class Thread {
 public:
  Thread() = default;
  /// Ends the process if the thread was started and not joined.
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /// Runs `body` on a new thread, under the caller's scheduler if it has one. Returns false, and
  /// changes nothing, if the system refuses another thread. An exception that leaves `body` ends
  /// the process.
  [[nodiscard]] bool start(std::function<void()> body);
  /// Blocks until the thread has ended. Returns true if a cancel ended it.
  bool join();
  /// Posts a pthread_cancel. It cannot be taken back.
  void cancel();
  bool started() const { return started_; }

 private:
  struct Start;
  static void* run(void* start);
  pthread_t native_{};
  std::uint64_t token_ = 0;
  bool started_ = false;
};

}  // namespace seam
