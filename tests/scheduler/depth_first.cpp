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

}  // namespace

DepthFirst::DepthFirst(bool reduce, std::optional<int> preemptions)
    : reduce_(reduce && !preemptions), preemptions_(preemptions) {}

void DepthFirst::begin() {
  depth_ = 0;
  asleep_.clear();
  preempted_ = 0;
  redundant_ = false;
}

std::size_t DepthFirst::choose(std::span<const Alternative> alternatives) {
  if (redundant_) return 0;
  if (depth_ == path_.size()) {
    path_.push_back({{alternatives.begin(), alternatives.end()}, asleep_, 0, preempted_});
    if (!choose_from(path_.back(), 0)) {
      path_.pop_back();
      redundant_ = true;
      return 0;
    }
  }
  Node& node = path_[depth_++];
  if (!std::equal(alternatives.begin(), alternatives.end(), node.alternatives.begin(),
                  node.alternatives.end(),
                  [](const auto& a, const auto& b) { return same(a.step, b.step); })) {
    throw NotDeterministic("the same choices led elsewhere");
  }
  // Objects are numbered anew in each run; only this run's numbers go together.
  node.alternatives.assign(alternatives.begin(), alternatives.end());
  preempted_ = node.preemptions + (alternatives[node.chosen].preempts ? 1 : 0);
  fall_asleep(node);
  return node.chosen;
}

/// Who sleeps after the node's choice: who slept before it, and is not woken by a conflict.
void DepthFirst::fall_asleep(const Node& node) {
  asleep_.clear();
  if (!reduce_) return;
  for (const Alternative& alternative : node.alternatives) {
    if (contains(node.asleep, alternative.step) &&
        !conflict(alternative.step, node.alternatives[node.chosen].step)) {
      asleep_.push_back(alternative.step);
    }
  }
}

bool DepthFirst::allowed(const Node& node, std::size_t index) const {
  const Alternative& alternative = node.alternatives[index];
  if (preemptions_ && node.preemptions + (alternative.preempts ? 1 : 0) > *preemptions_) {
    return false;
  }
  return !reduce_ || !contains(node.asleep, alternative.step);
}

bool DepthFirst::choose_from(Node& node, std::size_t first) const {
  for (std::size_t index = first; index < node.alternatives.size(); ++index) {
    if (!allowed(node, index)) continue;
    node.chosen = index;
    return true;
  }
  return false;
}

bool DepthFirst::next() {
  while (!path_.empty()) {
    Node& node = path_.back();
    node.asleep.push_back(node.alternatives[node.chosen].step);
    if (choose_from(node, node.chosen + 1)) return true;
    path_.pop_back();
  }
  return false;
}

}  // namespace explore
