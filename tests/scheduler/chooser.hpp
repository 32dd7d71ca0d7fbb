#pragma once

/// Choosers decide which thread runs next. One chooser serves all runs of an exploration.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

#include "tests/scheduler/schedule.hpp"
#include "tests/scheduler/step.hpp"

namespace explore {

/// The code under test behaved differently under the same choices.
struct NotDeterministic : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Chooser {
 public:
  virtual ~Chooser() = default;
  /// Starts a run.
  virtual void begin() = 0;
  /// Chooses the next step: returns an index of `alternatives`. `blocked` are the steps of threads
  /// that cannot run. Called before every step, on the thread that ran last, even if there is only
  /// one alternative.
  virtual std::size_t choose(std::span<const Alternative> alternatives,
                             std::span<const Step> blocked) = 0;
  /// Adds an object that the thread touches between the chosen step and the next choice.
  virtual void also(const Touch&) {}
  /// Ends a run. Returns false if no run is left.
  virtual bool next() = 0;
  /// Returns whether the last run was abandoned since it repeats an earlier one.
  virtual bool redundant() const { return false; }
};

/// Runs every order, depth first: each run repeats all choices but the last one. With `reduce` it
/// leaves out orders that differ only by swaps of steps without a conflict; every outcome and every
/// deadlock is still reached. Another choice is tried only where two steps of a run conflict and
/// their order could be reversed (dynamic partial-order reduction: Flanagan, Godefroid, POPL 2005),
/// and only if no earlier choice covers it (sleep sets). With a bound on preemptions it reaches
/// every outcome that needs no more than that many. The bound excludes `reduce`.
class DepthFirst : public Chooser {
 public:
  DepthFirst(bool reduce, std::optional<int> preemptions);
  void begin() override;
  std::size_t choose(std::span<const Alternative> alternatives,
                     std::span<const Step> blocked) override;
  void also(const Touch& touch) override;
  bool next() override;
  bool redundant() const override { return redundant_; }

 private:
  /// A vector clock: for each thread, how much of its path comes before this step in every
  /// equivalent order.
  using Clock = std::vector<std::size_t>;
  struct Node {
    std::vector<Alternative> alternatives;
    std::vector<Step> asleep;  // covered by an earlier sibling
    std::vector<bool> wanted;  // to be tried
    std::size_t chosen = 0;
    int preemptions = 0;  // before this choice
    std::vector<Touch> also;
    Clock clock;
    const Step& step() const { return alternatives[chosen].step; }
  };
  static bool leads_to(const Node& earlier, const Step& step);
  bool comes_before(std::size_t i, const Clock& clock) const;
  Clock clock_of(const Step& step) const;
  void reverse_races(const Step& step);
  void reverse_race(std::size_t i, const Step& step, const Clock& clock);
  static std::optional<bool> wants(const Node& node, int thread);
  static void want(Node& node, int thread);
  bool allowed(const Node& node, std::size_t index) const;
  bool choose_from(Node& node, bool wanted) const;
  void fall_asleep(const Node& node);

  const bool reduce_;
  const std::optional<int> preemptions_;
  std::vector<Node> path_;
  std::size_t depth_ = 0;
  std::vector<Step> asleep_;  // for the next node
  int preempted_ = 0;
  bool redundant_ = false;
};

/// Chooses any thread with equal probability.
class Random : public Chooser {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  void begin() override {}
  std::size_t choose(std::span<const Alternative> alternatives,
                     std::span<const Step> blocked) override;
  bool next() override { return true; }

 private:
  std::mt19937_64 random_;
};

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
/// Each thread has a random priority; the highest that can run does. At depth - 1 random steps the
/// thread that is about to run gets the lowest priority. If a wait can end in several ways, one is
/// drawn. A fault that shows whenever `depth` particular steps have a particular order is found by
/// one run with a probability of at least 1 / (n * k^(depth - 1) * 2^w), for n threads, k choices a
/// run, and w waits on the way that can end in two ways and must end in one of them. k is the
/// length of the longest run so far, so the bound holds once a run was as long as any.
class PriorityWithChanges : public Chooser {
 public:
  PriorityWithChanges(std::uint64_t seed, int depth) : random_(seed), depth_(depth) {}
  void begin() override;
  std::size_t choose(std::span<const Alternative> alternatives,
                     std::span<const Step> blocked) override;
  bool next() override;

 private:
  std::size_t highest(std::span<const Alternative> alternatives);
  std::size_t one_way_of(int thread, std::span<const Alternative> alternatives);
  std::uint64_t priority(int thread);

  std::mt19937_64 random_;
  const int depth_;
  std::size_t longest_ = 1;
  std::size_t step_ = 0;
  std::map<int, std::uint64_t> priorities_;
  std::vector<std::size_t> changes_;  // the i-th change lowers to priority i
};

/// Follows a schedule; after its end, continues with the thread that ran last, or else the first.
class Replay : public Chooser {
 public:
  explicit Replay(Schedule schedule) : schedule_(std::move(schedule)) {}
  void begin() override { at_ = 0; }
  std::size_t choose(std::span<const Alternative> alternatives,
                     std::span<const Step> blocked) override;
  bool next() override { return false; }

 private:
  const Schedule schedule_;
  std::size_t at_ = 0;
};

}  // namespace explore
