#pragma once

/// Exploration: runs a small concurrent test over and over, the shipped code and real threads, one
/// at a time, in an order that is chosen; finds the order that breaks it; replays that order.
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
/// What it sees: whatever passes through the seam, in sequentially consistent memory. Not seen:
/// data races (ThreadSanitizer's), weak memory, spurious wake-ups, anything raw. The test must be
/// deterministic but for the order of its threads; if it is not, that is reported as its failure.
///
/// The body runs on a thread of its own, which is not scheduled; it may use the seam (nothing of it
/// waits) before, between and after calls of go(). It runs once per order, so it makes everything
/// afresh. No doctest assertion in it: run.check() says what must hold, the test checks the result.
/// A run that is stuck is left as it is, its threads parked for ever, since nobody can unwind them;
/// so the exploration ends there, and nothing of that run is destroyed.

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
  std::size_t most_runs = 100'000;  // then the exploration is incomplete
  std::size_t most_steps = 10'000;  // a run that takes more never ends, as far as we can know
  bool reduce = true;               // leave out orders that cannot differ (exhaustive only)
  std::optional<int>
      preemptions{};  // at the most so many (exhaustive only; then nothing is reduced)
  /// A deadline may pass at any moment. Otherwise time stands still until nobody else can run.
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
  std::size_t runs = 0;       // finished, redundant ones included
  std::size_t redundant = 0;  // begun, then found to repeat another
  bool complete = false;      // nothing is left to run
  std::size_t longest = 0;    // steps of the longest run
  std::size_t choices = 0;    // times the scheduler was asked who goes on, in the longest run
  std::size_t threads = 0;    // at the most
  std::optional<Failure> failure;
  /// For people.
  std::string text() const;
};

class Session;

class Run {
 public:
  explicit Run(Session& session) : session_(session) {}
  /// A new thread, which waits for go(). May be joined by another scheduled thread; else go() does.
  std::shared_ptr<seam::Thread> spawn(std::string_view name, std::function<void()> body);
  /// Runs until every thread has left, and joins those spawned.
  void go();
  /// Something happens that others wait for: the body, before go(), or a scheduled thread. Not
  /// before the event has happened a scheduled thread's await() returns. That orders the two, and
  /// to have waited long or not at all makes no other order: it is for what is not under test.
  void happen(const void* event);
  void await(const void* event);
  /// Whether a thread that go() joined ended by a cancel.
  bool died(const std::shared_ptr<seam::Thread>& thread) const;
  /// What must hold. The body or any scheduled thread; the first that fails is the run's failure.
  void check(bool holds, std::string_view what);
  /// The steps so far.
  const std::vector<Step>& steps() const;
  /// Cleanup entries pushed and not yet popped. (Those that are popped out of order, or run with
  /// cancellation enabled, are a failure of the run by themselves.)
  std::size_t uncleaned() const;

 private:
  Session& session_;
  std::vector<std::shared_ptr<seam::Thread>> spawned_;
  std::vector<std::shared_ptr<seam::Thread>> died_;
};

using Body = std::function<void(Run&)>;

/// All orders, as the options bound them, or up to the first that fails. (DepthFirst)
Result exhaustive(const Options& options, const Body& body);
/// So many runs, each step by lot. (Random)
Result random(const Options& options, std::uint64_t seed, std::size_t runs, const Body& body);
/// So many runs, by priorities with depth - 1 changes. (PriorityWithChanges states what it finds)
Result pct(const Options& options, std::uint64_t seed, int depth, std::size_t runs,
           const Body& body);
/// The choices of the run under way in this process, if there is one: for who dies in the middle of
/// it. Asks for no lock.
std::string schedule_so_far();
/// One run, in the order of Failure::schedule.
Result replay(const Options& options, std::string_view schedule, const Body& body);

}  // namespace explore
