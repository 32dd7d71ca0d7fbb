/// Whose turn it is: how a thread announces its step, hands over, and parks.

#include <algorithm>
#include <utility>

#include "tests/scheduler/session.hpp"

namespace explore {

Object Session::number(const void* object) {
  return objects_.emplace(object, static_cast<Object>(objects_.size()) + 1).first->second;
}

void Session::note(const Step& step) {
  steps_.push_back(step);
}

void Session::do_at_once(What what, Touch touch) {
  note({me, what, {}, {touch}});
  chooser_.also(touch);
}

void Session::take_turn(const Step& next) {
  Thread& self = threads_[static_cast<std::size_t>(me)];
  if (self.in_part != seam::whole && !failure_) {
    failure_ = "a section that locks a part calls nothing of the seam before it unlocks";
  }
  self.next = next;
  choose_next();
  park(self);
}

void Session::park(Thread& thread) {
  // A thread that parks here has cancellation disabled, or unwinds already.
  while (running_ != &thread || stuck_) {
    unlock();
    while (sem_wait(&thread.turn) != 0) {
    }
    pthread_mutex_lock(&lock_);
  }
}

void Session::give_turn(Thread& thread) {
  running_ = &thread;
  if (thread.id != me) to_wake_ = &thread;
}

void Session::unlock() {
  Thread* const next = std::exchange(to_wake_, nullptr);
  pthread_mutex_unlock(&lock_);
  if (next != nullptr) sem_post(&next->turn);
}

/// Lets a new thread run up to its first step before the next choice; no other thread can see that.
bool Session::start_new_thread() {
  for (Thread& thread : threads_) {
    if (thread.entered || thread.left) continue;
    thread.entered = true;
    give_turn(thread);
    return true;
  }
  return false;
}

void Session::choose_next() {
  if (stuck_ || start_new_thread()) return;
  if (steps_.size() > options_.most_steps)
    return stop("no end after the most steps that are allowed");
  std::vector<Alternative> found = alternatives();
  while (found.empty()) {
    if (std::all_of(threads_.begin(), threads_.end(), [](const Thread& t) { return t.left; })) {
      going_ = false;
      running_ = nullptr;
      pthread_cond_broadcast(&over_);
      return;
    }
    const auto deadline = earliest_deadline();
    if (!deadline || *deadline <= now_) return stop("deadlock: " + describe_waiters());
    now_ = *deadline;
    found = alternatives();
  }
  std::size_t index = 0;
  ++choices_;
  try {
    index = chooser_.choose(found, blocked(found));
  } catch (const NotDeterministic& mistake) {
    return stop(std::string("the test is not deterministic: ") + mistake.what());
  }
  if (found.size() > 1) schedule_.push_back(index);
  carry_out(found[index]);
}

void Session::carry_out(const Alternative& chosen) {
  Thread& thread = threads_[static_cast<std::size_t>(chosen.step.thread)];
  thread.next = chosen.step;
  if (chosen.step.what == What::acquire || chosen.step.what == What::wake) {
    owners_[thread.mutex] = thread.id;
  }
  if (chosen.step.woken == seam::Woken::timed_out) now_ = std::max(now_, *thread.deadline);
  if (chosen.step.what == What::await_cancel || chosen.step.woken == seam::Woken::cancelled) {
    thread.struck = true;
  }
  note(chosen.step);
  last_ = &thread;
  give_turn(thread);
}

// ── A run that is stuck ─────────────────────────────────────────────────────────────────────────

void Session::stop(std::string what) {
  if (!failure_) failure_ = std::move(what);
  stuck_ = true;
  pthread_cond_broadcast(&over_);
}

std::string Session::describe_waiters() const {
  std::string text;
  for (const Thread& thread : threads_) {
    if (thread.left) continue;
    if (!text.empty()) text += "; ";
    text += describe(thread.next, called());
    const auto owner = owners_.find(thread.mutex);
    if (owner != owners_.end()) {
      text += ", held by " + names_[static_cast<std::size_t>(owner->second)];
    }
    const auto last = std::find_if(steps_.rbegin(), steps_.rend(),
                                   [&](const Step& step) { return step.thread == thread.id; });
    if (last != steps_.rend()) text += ", after " + describe(*last, called());
  }
  return text;
}

}  // namespace explore
