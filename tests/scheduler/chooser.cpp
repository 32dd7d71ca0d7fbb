#include "tests/scheduler/chooser.hpp"

#include <algorithm>

namespace explore {

std::size_t Random::choose(std::span<const Alternative> alternatives, std::span<const Step>) {
  return std::uniform_int_distribution<std::size_t>(0, alternatives.size() - 1)(random_);
}

void PriorityWithChanges::begin() {
  step_ = 0;
  priorities_.clear();
  changes_.clear();
  std::uniform_int_distribution<std::size_t> any_step(1, longest_);
  for (int i = 1; i < depth_; ++i) changes_.push_back(any_step(random_));
}

std::size_t PriorityWithChanges::choose(std::span<const Alternative> alternatives,
                                        std::span<const Step>) {
  ++step_;
  std::size_t chosen = highest(alternatives);
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i] != step_) continue;
    priorities_[alternatives[chosen].step.thread] = i;
    chosen = highest(alternatives);
  }
  return one_way_of(alternatives[chosen].step.thread, alternatives);
}

std::size_t PriorityWithChanges::one_way_of(int thread, std::span<const Alternative> alternatives) {
  std::vector<std::size_t> ways;
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    if (alternatives[i].step.thread == thread) ways.push_back(i);
  }
  if (ways.size() == 1) return ways.front();
  return ways[std::uniform_int_distribution<std::size_t>(0, ways.size() - 1)(random_)];
}

bool PriorityWithChanges::next() {
  longest_ = std::max(longest_, step_);
  return true;
}

std::size_t PriorityWithChanges::highest(std::span<const Alternative> alternatives) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < alternatives.size(); ++i) {
    if (priority(alternatives[i].step.thread) > priority(alternatives[best].step.thread)) best = i;
  }
  return best;
}

std::uint64_t PriorityWithChanges::priority(int thread) {
  const auto at = priorities_.find(thread);
  if (at != priorities_.end()) return at->second;
  // Above the priority of every change. Two equal ones are so unlikely that the first may win.
  return priorities_[thread] = random_() | (std::uint64_t{1} << 63U);
}

std::size_t Replay::choose(std::span<const Alternative> alternatives, std::span<const Step>) {
  if (alternatives.size() == 1 || at_ == schedule_.size()) return 0;
  const std::size_t choice = schedule_[at_++];
  if (choice >= alternatives.size()) throw NotDeterministic("the schedule does not fit this test");
  return choice;
}

}  // namespace explore
