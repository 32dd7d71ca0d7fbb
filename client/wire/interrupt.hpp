#pragma once

/// Waiting, for a socket or a time. A signal such as Ctrl-C ends a wait: its handler puts one byte
/// into a pipe that each wait watches.

#include <chrono>
#include <csignal>
#include <functional>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace client {

using Clock = std::chrono::steady_clock;
/// The end of a wait; nothing means never.
using Until = std::optional<Clock::time_point>;

/// Thrown by a wait that a signal ended. Its effect on a request depends on what had been
/// sent by then; the courier decides.
struct Interrupted {
  int signal;
};

/// Keeps interrupts until they are taken. raise() may be called from a signal handler or another
/// thread; all else belongs to one thread.
class Interrupt {
 public:
  /// Throws std::system_error if the process is out of descriptors.
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void raise(int signal = SIGINT) noexcept;
  /// Takes one interrupt. Returns its signal, or 0 if there is none.
  int take() noexcept;
  /// Takes all of them. Returns the signal that the program must die of once it has reported:
  /// SIGTERM or SIGHUP if one was ever taken, otherwise SIGINT, or 0 if there was none.
  int fatal_signal() noexcept;
  /// Takes all of them, and forgets SIGINT, for a prompt that survives it.
  void forget_sigint() noexcept;
  /// Readable while there is an interrupt to take.
  int descriptor() const noexcept { return read_end_; }

  /// Sets a callback that the first wait to last until `at` makes, once. Without `at` there is
  /// none.
  void set_notice(Until at, std::function<void()> notice = {});
  Until notice_at() const { return notice_at_; }
  void give_notice_if_due();

 private:
  friend class CaughtSignals;

  int read_end_ = -1;
  int write_end_ = -1;
  int fatal_signal_ = 0;
  Until notice_at_;
  std::function<void()> notice_;
};

/// While it exists, the given signals raise an interrupt instead of ending or stopping the program.
/// A signal that is ignored stays ignored. All objects that exist at a time must share one
/// interrupt, which must outlive them.
class CaughtSignals {
 public:
  CaughtSignals(Interrupt& interrupt, std::initializer_list<int> signals);
  ~CaughtSignals();
  CaughtSignals(const CaughtSignals&) = delete;
  CaughtSignals& operator=(const CaughtSignals&) = delete;

 private:
  std::vector<std::pair<int, struct sigaction>> before_;
};

/// Does what a signal does by default: stops the program until it is continued, or ends it.
void obey_signal(int signal);

enum class Ready { yes, timed_out };

/// Waits until `descriptor` has one of the poll(2) `events`, an error or a hang-up, or until the
/// time. With a descriptor of -1 it waits for the time only. Throws Interrupted, and takes that
/// interrupt, as soon as there is one; with nullptr it ignores interrupts.
Ready wait_for(int descriptor, short events, Until until, Interrupt* interrupt);

/// Returns the earlier of the two.
Until earlier(Until a, Until b);

}  // namespace client
