#pragma once

/// Exploration: runs a small concurrent test many times, with the shipped code and real threads,
/// one thread at a time, in a chosen order. It finds the order that breaks the test, and replays
/// it.
///
///     const auto result = explore::exhaustive({}, [](explore::Run& run) {
///       Account account;
///       run.spawn("one", [&] { account.deposit(1); });
///       run.spawn("two", [&] { account.deposit(1); });
///       run.go();
///       run.check(account.balance() == 2, "no deposit is lost");
///     });
///     CHECK_MESSAGE(!result.failure, result.text());
///
/// It sees every operation that passes through the seam, in sequentially consistent memory. It does
/// not see data races (ThreadSanitizer does), weak memory, spurious wake-ups, or synchronization
/// outside the seam. Apart from the order of its threads the test must be deterministic; otherwise
/// that is reported as its failure.
///
/// The body runs on a thread of its own, which is not scheduled. It may use the seam before,
/// between and after calls of go(); none of those calls waits. It runs once per order, so it
/// creates all objects itself. It contains no doctest assertion: run.check() states what must hold,
/// and the test checks the result. The threads of a stuck run cannot be unwound: they stay parked
/// for ever, nothing of the run is destroyed, and the exploration ends.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/seam/seam.hpp"
#include "tests/scheduler/step.hpp"

namespace explore {

struct Options {
  std::size_t most_runs = 100'000;   // then the exploration is incomplete
  std::size_t most_steps = 10'000;   // a longer run counts as endless
  bool reduce = true;                // leave out equivalent orders (exhaustive only)
  std::optional<int> preemptions{};  // at most so many (exhaustive only; then nothing is reduced)
  /// A deadline may pass at any step. Otherwise it passes only when no thread can go on.
  bool time_is_a_choice = false;
};

struct Failure {
  std::string what;      // the check that failed, or "deadlock: …"
  std::string schedule;  // for replay()
  std::string trace;     // every step, one a line
  std::string columns;   // the same, a column for each thread
  std::size_t steps = 0;
};

struct Result {
  std::size_t runs = 0;       // ended, redundant ones included
  std::size_t redundant = 0;  // found to repeat another one
  bool complete = false;      // nothing is left to run
  std::size_t longest = 0;    // steps of the longest run
  std::size_t choices = 0;    // most choices in a run
  std::size_t threads = 0;    // most threads in a run
  std::optional<Failure> failure;
  /// Describes the result, for people.
  std::string text() const;
};

class Session;

class Run {
 public:
  explicit Run(Session& session) : session_(session) {}
  /// Creates a thread, which starts in go(). go() joins it, unless a scheduled thread does.
  std::shared_ptr<seam::Thread> spawn(std::string_view name, std::function<void()> body);
  /// Runs until every thread has ended, and joins those spawned.
  void go();
  /// await() of a scheduled thread returns after happen() of the same event, by the body before
  /// go() or by a scheduled thread. Having waited or not makes no difference to the order, so
  /// events suit what is not under test.
  void happen(const void* event);
  void await(const void* event);
  /// Whether a cancel ended a thread that go() joined.
  bool died(const std::shared_ptr<seam::Thread>& thread) const;
  /// States what must hold. The body or any scheduled thread; the first failure is that of the run.
  void check(bool holds, std::string_view what);
  /// Returns the steps so far.
  const std::vector<Step>& steps() const;
  /// Returns the number of cleanup entries pushed and not yet popped. (Entries popped out of order
  /// or run with cancellation enabled make the run fail.)
  std::size_t uncleaned() const;

 private:
  Session& session_;
  std::vector<std::shared_ptr<seam::Thread>> spawned_;
  std::vector<std::shared_ptr<seam::Thread>> died_;
};

using Body = std::function<void(Run&)>;

/// Runs all orders within the options, up to the first that fails. (DepthFirst)
Result exhaustive(const Options& options, const Body& body);
/// Makes so many runs with random steps. (Random)
Result random(const Options& options, std::uint64_t seed, std::size_t runs, const Body& body);
/// Makes so many runs by priorities with depth - 1 changes. (PriorityWithChanges)
Result pct(const Options& options, std::uint64_t seed, int depth, std::size_t runs,
           const Body& body);
/// Return the choices and the columns so far of the run under way in this process, or "": for a
/// handler that reports a crash. Take no lock.
std::string schedule_so_far();
std::string columns_so_far();
/// Makes one run in the order of Failure::schedule.
Result replay(const Options& options, std::string_view schedule, const Body& body);

}  // namespace explore
