#pragma once

/// Ctrl-C as something one can wait for next to a socket: each SIGINT puts a byte into a pipe.

#include <chrono>
#include <optional>

namespace client {

using Clock = std::chrono::steady_clock;
/// When to stop waiting; nothing means never.
using Until = std::optional<Clock::time_point>;

/// Thrown by whatever waits when Ctrl-C is pressed. It carries nothing: what it means depends on
/// what had been sent by then.
class Interrupted {};

/// Counts interrupts until somebody takes them. raise() may be called from a signal handler or
/// from another thread; the rest belongs to one thread.
class Interrupt {
 public:
  /// Throws std::system_error if the process is out of descriptors.
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// From now until its destruction, SIGINT raises this one. At most one at a time.
  void on_sigint();
  void raise() noexcept;
  /// Takes one interrupt; false if there is none.
  bool take() noexcept;
  /// Forgets all of them.
  void clear() noexcept;
  /// Readable while there is an interrupt to take.
  int descriptor() const noexcept { return read_end_; }

 private:
  int read_end_ = -1;
  int write_end_ = -1;
};

enum class Ready { yes, timed_out };

/// Waits until `descriptor` has one of the poll(2) `events` (errors and hang-ups count), or until
/// the time. A descriptor of -1 only sleeps. Throws Interrupted, and takes that interrupt, as soon
/// as there is one; pass nullptr to wait regardless.
Ready wait_for(int descriptor, short events, Until until, Interrupt* interrupt);

/// The earlier of the two.
Until earlier(Until a, Until b);

}  // namespace client
