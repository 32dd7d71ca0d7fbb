#include <algorithm>

#include "tests/scheduler/chooser.hpp"

namespace explore {
namespace {

bool same(const Step& a, const Step& b) {
  return a.thread == b.thread && a.what == b.what && a.woken == b.woken;
}

bool contains(const std::vector<Step>& steps, const Step& step) {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& s) { return same(s, step); });
}

void set(std::vector<std::size_t>& clock, int thread, std::size_t time) {
  const auto at = static_cast<std::size_t>(thread);
  if (clock.size() <= at) clock.resize(at + 1);
  clock[at] = time;
}

void join(std::vector<std::size_t>& clock, const std::vector<std::size_t>& other) {
  if (clock.size() < other.size()) clock.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

}  // namespace

DepthFirst::DepthFirst(bool reduce, std::optional<int> preemptions)
    : reduce_(reduce && !preemptions), preemptions_(preemptions) {}

void DepthFirst::begin() {
  depth_ = 0;
  asleep_.clear();
  preempted_ = 0;
  redundant_ = false;
}

std::size_t DepthFirst::choose(std::span<const Alternative> alternatives,
                               std::span<const Step> blocked) {
  if (redundant_) return 0;
  // Up to an earlier choice this run equals the last one, and its races have been reversed.
  if (reduce_ && depth_ == path_.size()) {
    for (const Alternative& alternative : alternatives) reverse_races(alternative.step);
    for (const Step& step : blocked) reverse_races(step);
  }
  const bool as_before = depth_ + 1 < path_.size();
  if (depth_ == path_.size()) {
    Node& fresh = path_.emplace_back();
    fresh.alternatives.assign(alternatives.begin(), alternatives.end());
    fresh.asleep = asleep_;
    fresh.wanted.assign(alternatives.size(), !reduce_);
    fresh.preemptions = preempted_;
    if (!choose_from(path_.back(), false)) {
      path_.pop_back();
      redundant_ = true;
      return 0;
    }
    want(path_.back(), path_.back().step().thread);
  }
  Node& node = path_[depth_];
  if (!std::equal(alternatives.begin(), alternatives.end(), node.alternatives.begin(),
                  node.alternatives.end(),
                  [](const auto& a, const auto& b) { return same(a.step, b.step); })) {
    throw NotDeterministic("the same choices led elsewhere");
  }
  // Each run numbers its objects itself, so only numbers of the same run may be compared.
  node.alternatives.assign(alternatives.begin(), alternatives.end());
  preempted_ = node.preemptions + (alternatives[node.chosen].preempts ? 1 : 0);
  fall_asleep(node);
  if (reduce_ && !as_before) node.clock = clock_of(node.step());
  node.also.clear();
  ++depth_;
  return node.chosen;
}

void DepthFirst::also(const Touch& touch) {
  if (reduce_ && !redundant_ && depth_ > 0) path_[depth_ - 1].also.push_back(touch);
}

bool DepthFirst::leads_to(const Node& earlier, const Step& step) {
  if (conflict(earlier.step(), step)) return true;
  return std::any_of(earlier.also.begin(), earlier.also.end(),
                     [&](const Touch& touch) { return conflict(touch, step); });
}

/// The clock of a step that follows the path so far.
DepthFirst::Clock DepthFirst::clock_of(const Step& step) const {
  Clock clock;
  for (std::size_t i = 0; i < depth_; ++i) {
    if (leads_to(path_[i], step)) join(clock, path_[i].clock);
  }
  set(clock, step.thread, depth_ + 1);
  return clock;
}

/// Finds earlier steps that conflict with this one and need not come before what its thread has
/// done already. The other order of such a pair is tried.
void DepthFirst::reverse_races(const Step& step) {
  const Clock clock = clock_of(step);
  Clock done;
  for (std::size_t i = depth_; i-- > 0;) {
    const Step& earlier = path_[i].step();
    if (earlier.thread == step.thread) {
      join(done, path_[i].clock);
    } else if (conflict(earlier, step) && !comes_before(i, done)) {
      reverse_race(i, step, clock);
    }
  }
}

/// Plans an order in which all steps that need not follow step i come before it. Any thread that
/// can make the first of them will do, but no other thread: it may be asleep there.
void DepthFirst::reverse_race(std::size_t i, const Step& step, const Clock& clock) {
  Node& node = path_[i];
  std::vector<std::size_t> before;
  std::vector<int> beginners;
  const auto consider = [&](int thread, const Clock& known) {
    const bool begins = std::none_of(before.begin(), before.end(),
                                     [&](std::size_t j) { return comes_before(j, known); });
    if (begins) beginners.push_back(thread);
  };
  for (std::size_t k = i + 1; k < depth_; ++k) {
    if (comes_before(i, path_[k].clock)) continue;
    consider(path_[k].step().thread, path_[k].clock);
    before.push_back(k);
  }
  consider(step.thread, clock);
  const auto can = [&](int thread) { return wants(node, thread).has_value(); };
  const auto does = [&](int thread) { return wants(node, thread).value_or(false); };
  if (std::any_of(beginners.begin(), beginners.end(), does)) return;
  const auto chosen = std::find_if(beginners.rbegin(), beginners.rend(), can);
  if (chosen != beginners.rend()) {
    want(node, *chosen);
  } else {
    node.wanted.assign(node.alternatives.size(), true);
  }
}

/// Whether step i comes before a step of this clock in all equivalent orders.
bool DepthFirst::comes_before(std::size_t i, const Clock& clock) const {
  const auto thread = static_cast<std::size_t>(path_[i].step().thread);
  return thread < clock.size() && clock[thread] > i;
}

/// Whether the thread is to be tried there; nothing if it cannot go on.
std::optional<bool> DepthFirst::wants(const Node& node, int thread) {
  for (std::size_t i = 0; i < node.alternatives.size(); ++i) {
    if (node.alternatives[i].step.thread == thread) return node.wanted[i];
  }
  return std::nullopt;
}

/// Marks the thread to be tried, in every way in which it can go on.
void DepthFirst::want(Node& node, int thread) {
  for (std::size_t i = 0; i < node.alternatives.size(); ++i) {
    if (node.alternatives[i].step.thread == thread) node.wanted[i] = true;
  }
}

/// After the choice of the node those steps sleep that slept before it and do not conflict with it.
void DepthFirst::fall_asleep(const Node& node) {
  asleep_.clear();
  if (!reduce_) return;
  for (const Alternative& alternative : node.alternatives) {
    if (contains(node.asleep, alternative.step) && !conflict(alternative.step, node.step())) {
      asleep_.push_back(alternative.step);
    }
  }
}

bool DepthFirst::allowed(const Node& node, std::size_t index) const {
  const Alternative& alternative = node.alternatives[index];
  if (preemptions_ && node.preemptions + (alternative.preempts ? 1 : 0) > *preemptions_) {
    return false;
  }
  return !contains(node.asleep, alternative.step);
}

bool DepthFirst::choose_from(Node& node, bool wanted) const {
  for (std::size_t index = 0; index < node.alternatives.size(); ++index) {
    if ((wanted && !node.wanted[index]) || !allowed(node, index)) continue;
    node.chosen = index;
    return true;
  }
  return false;
}

bool DepthFirst::next() {
  while (!path_.empty()) {
    Node& node = path_.back();
    node.asleep.push_back(node.alternatives[node.chosen].step);
    if (choose_from(node, true)) return true;
    path_.pop_back();
  }
  return false;
}

}  // namespace explore
