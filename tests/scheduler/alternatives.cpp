/// The threads that can go on, and how.

#include <algorithm>

#include "tests/scheduler/session.hpp"

namespace explore {

std::vector<Alternative> Session::alternatives() const {
  std::vector<Alternative> found;
  const auto consider = [&](const Thread& thread) {
    if (thread.left || !can_go(thread)) return;
    if (thread.next.what == What::wake) {
      add_wakes(thread, found);
    } else {
      found.push_back({thread.next});
    }
  };
  if (last_ != nullptr) consider(*last_);
  const bool could_stay = !found.empty();
  const std::size_t stays = found.size();
  for (const Thread& thread : threads_) {
    if (&thread != last_) consider(thread);
  }
  for (std::size_t i = stays; i < found.size(); ++i) found[i].preempts = could_stay;
  return found;
}

std::vector<Step> Session::blocked(const std::vector<Alternative>& found) const {
  std::vector<Step> steps;
  for (const Thread& thread : threads_) {
    const bool can = std::any_of(found.begin(), found.end(), [&](const Alternative& alternative) {
      return alternative.step.thread == thread.id;
    });
    if (!thread.left && !can) steps.push_back(thread.next);
  }
  return steps;
}

bool Session::can_go(const Thread& thread) const {
  switch (thread.next.what) {
    case What::acquire:
    case What::wake:
      return !owners_.contains(thread.mutex);
    case What::await_cancel:
      return thread.cancelled;
    case What::join:
      return thread.other->left;
    case What::await:
      return happened_.contains(thread.event);
    default:
      return true;
  }
}

void Session::add_wakes(const Thread& thread, std::vector<Alternative>& found) const {
  const auto add = [&](seam::Woken woken, bool everything) {
    Step step = thread.next;
    step.woken = woken;
    step.everything = everything;
    found.push_back({step});
  };
  if (thread.notified) add(seam::Woken::notified, false);
  if (thread.cancellable && thread.cancelled) add(seam::Woken::cancelled, false);
  if (!thread.deadline) return;
  const bool passed = *thread.deadline <= now_;
  const bool may_pass = options_.time_is_a_choice && thread.deadline == earliest_deadline();
  if (passed || may_pass) add(seam::Woken::timed_out, true);
}

/// The earliest deadline of a thread that waits and could own its mutex; nothing if there is none.
std::optional<seam::Time> Session::earliest_deadline() const {
  std::optional<seam::Time> earliest;
  for (const Thread& thread : threads_) {
    if (thread.left || thread.next.what != What::wake || !thread.deadline) continue;
    if (!can_go(thread)) continue;
    if (!earliest || *thread.deadline < *earliest) earliest = thread.deadline;
  }
  return earliest;
}

}  // namespace explore
