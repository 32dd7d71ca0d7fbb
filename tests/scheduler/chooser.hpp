#pragma once

/// A chooser decides which thread goes next. One chooser serves all runs of an exploration.

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

/// The code under test behaved differently although it was driven the same way.
struct NotDeterministic : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Chooser {
 public:
  virtual ~Chooser() = default;
  /// A run begins.
  virtual void begin() = 0;
  /// Returns the index of the step to make. Called before every step, even if there is only one
  /// alternative, by the thread that ran last. `blocked` are the steps of threads that cannot go
  /// on.
  virtual std::size_t choose(std::span<const Alternative> alternatives,
                             std::span<const Step> blocked) = 0;
  /// Reports what the step chosen last touches on the way to the next choice.
  virtual void also(const Touch&) {}
  /// Ends a run. Returns false if there is nothing left to run.
  virtual bool next() = 0;
  /// Whether the run that ended repeated an earlier one.
  virtual bool redundant() const { return false; }
};

/// Runs every order, depth first: each run starts again with all but the last choice the same.
///
/// With `reduce` it leaves out orders that differ only by swaps of steps that do not conflict;
/// every outcome and every deadlock is still reached. It tries another choice only where two steps
/// of a run conflict and could have come the other way round (dynamic partial-order reduction:
/// Flanagan, Godefroid, POPL 2005), and no choice that an earlier one has covered (sleep sets).
/// With a bound on preemptions it reaches every outcome that needs no more of them; then nothing is
/// reduced.
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
  /// For each thread, up to where on the path its steps come before this one in every equivalent
  /// order. (A vector clock)
  using Clock = std::vector<std::size_t>;
  struct Node {
    std::vector<Alternative> alternatives;
    std::vector<Step> asleep;  // leads only to where an earlier sibling has led
    std::vector<bool> wanted;  // worth a try
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
  std::vector<Step> asleep_;  // on arrival at the node that comes next
  int preempted_ = 0;
  bool redundant_ = false;
};

/// Chooses any thread with the same chance.
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

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010):
/// each thread has a random priority, and the thread of the highest priority that can run runs. At
/// depth - 1 random steps the thread about to run is put below all others. If that thread can go on
/// in several ways (its wait was notified, or it was cancelled), one is drawn.
///
/// A bug that shows whenever `depth` particular steps come in a particular order is found by one
/// run with a probability of at least 1 / (n * k^(depth - 1) * 2^w), for n threads, k choices in a
/// run, and w waits on the way that can end in two ways. k is taken from the longest run so far.
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

/// Follows a schedule; after its end chooses the thread that ran last, or else the first.
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
