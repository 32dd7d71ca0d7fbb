#pragma once

/// Exploration: runs a small concurrent test again and again, with the shipped code and real
/// threads, one thread at a time in a chosen order; finds an order that breaks it; replays that
/// order.
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
/// It covers everything that passes through the seam, in sequentially consistent memory. It does
/// not cover data races (ThreadSanitizer does), weak memory, spurious wake-ups, or calls that
/// bypass the seam. Except for the order of its threads the test must be deterministic; if it is
/// not, the result is a failure that says so.
///
/// The body runs on a thread of its own, which is not scheduled. It may use the seam, without
/// waiting, before, between and after calls of go(). It runs once per order, so it creates all its
/// objects. It has no doctest assertions: run.check() states what must hold, and the test checks
/// the result. The threads of a stuck run cannot be unwound. They stay parked for ever, nothing of
/// the run is destroyed, and the exploration ends.

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
  std::size_t most_runs = 100'000;   // after them the exploration is incomplete
  std::size_t most_steps = 10'000;   // a run with more counts as endless
  bool reduce = true;                // leave out equivalent orders (exhaustive only)
  std::optional<int> preemptions{};  // the most preemptions (exhaustive only; excludes reduction)
  /// A deadline may pass at any step. Otherwise time only passes when no thread can run.
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
  std::size_t runs = 0;       // finished runs, including redundant ones
  std::size_t redundant = 0;  // runs found to repeat another one
  bool complete = false;      // every order has been run
  std::size_t longest = 0;    // steps of the longest run
  std::size_t choices = 0;    // choices of the longest run
  std::size_t threads = 0;    // of the largest run
  std::optional<Failure> failure;
  /// Returns a description for a test message.
  std::string text() const;
};

class Session;

class Run {
 public:
  explicit Run(Session& session) : session_(session) {}
  /// Returns a new thread, which starts at go(). go() joins it unless a scheduled thread does.
  std::shared_ptr<seam::Thread> spawn(std::string_view name, std::function<void()> body);
  /// Runs until every thread has ended, and joins the spawned ones.
  void go();
  /// Marks an event as happened; await() of a scheduled thread returns after that. Called by the
  /// body before go(), or by a scheduled thread. The two have one order, whether await() had to
  /// wait or not, so events are for waits that are not under test.
  void happen(const void* event);
  void await(const void* event);
  /// Returns whether a thread that go() joined ended by a cancel.
  bool died(const std::shared_ptr<seam::Thread>& thread) const;
  /// States what must hold. Called by the body or a scheduled thread. The first failure counts.
  void check(bool holds, std::string_view what);
  /// The steps so far.
  const std::vector<Step>& steps() const;
  /// Returns the number of cleanup entries pushed and not popped. (A pop out of order, or with
  /// cancellation enabled, is a failure of the run by itself.)
  std::size_t uncleaned() const;

 private:
  Session& session_;
  std::vector<std::shared_ptr<seam::Thread>> spawned_;
  std::vector<std::shared_ptr<seam::Thread>> died_;
};

using Body = std::function<void(Run&)>;

/// Runs all orders within the options, up to the first failure. See DepthFirst.
Result exhaustive(const Options& options, const Body& body);
/// Runs `runs` random orders. See Random.
Result random(const Options& options, std::uint64_t seed, std::size_t runs, const Body& body);
/// Runs `runs` orders by priorities with depth - 1 changes. See PriorityWithChanges.
Result pct(const Options& options, std::uint64_t seed, int depth, std::size_t runs,
           const Body& body);
/// Returns the choices so far of the current run in this process, for a handler of fatal signals.
/// Takes no lock.
std::string schedule_so_far();
/// Runs once, in the order of a Failure::schedule.
Result replay(const Options& options, std::string_view schedule, const Body& body);

}  // namespace explore
