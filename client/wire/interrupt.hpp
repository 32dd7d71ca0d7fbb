#pragma once

/// Waiting. Ctrl-C becomes something to wait for beside a socket: each SIGINT puts one byte into a
/// pipe.

#include <chrono>
#include <optional>

namespace client {

using Clock = std::chrono::steady_clock;
/// The end of a wait; nothing means never.
using Until = std::optional<Clock::time_point>;

/// Thrown by every wait when Ctrl-C is pressed. What it means for the request depends on what had
/// been sent by then; the courier decides.
class Interrupted {};

/// Keeps interrupts until they are taken. raise() may be called from a signal handler or another
/// thread; all else belongs to one thread.
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
  /// Takes one interrupt. Returns false if there is none.
  bool take() noexcept;
  /// Takes all of them.
  void clear() noexcept;
  /// Readable while there is an interrupt to take.
  int descriptor() const noexcept { return read_end_; }

 private:
  int read_end_ = -1;
  int write_end_ = -1;
};

enum class Ready { yes, timed_out };

/// Waits until `descriptor` has one of the poll(2) `events`, an error or a hang-up, or until the
/// time. With a descriptor of -1 it waits for the time only. Throws Interrupted, and takes that
/// interrupt, as soon as there is one; with nullptr it ignores interrupts.
Ready wait_for(int descriptor, short events, Until until, Interrupt* interrupt);

/// Returns the earlier of the two.
Until earlier(Until a, Until b);

}  // namespace client
