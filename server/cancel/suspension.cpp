#include "server/cancel/suspension.hpp"

#include <utility>

#include "server/seam/scope_exit.hpp"

namespace cancel {

/// Whether a wait ends because a cancel has won. Under posix nothing ends it but the
/// pthread_cancel.
bool Suspension::lost(bool cancellable) const {
  return cancellable && unwinding_.mechanism() == Mechanism::token &&
         stage_.load() == Stage::cancelling;
}

void Suspension::hold_if(const Predicate& asked, const std::function<void()>& held,
                         bool cancellable) {
  const seam::Lock lock(mutex_);
  if (ignores_holds_ || (!stop_at_next_ && !asked())) return;
  held_ = true;
  waiting_ = "hold";
  const seam::ScopeExit clear([this]() UNCHECKED_LOCKING {
    held_ = false;
    waiting_ = {};
  });
  held();
  while (held_ && !lost(cancellable)) unwinding_.wait(changed_, mutex_, cancellable);
}

bool Suspension::wait_until(const Predicate& ready, const std::function<void()>& waits,
                            std::string_view what, std::int64_t subject) {
  const seam::Lock lock(mutex_);
  waiting_ = what;
  subject_ = subject;
  const seam::ScopeExit clear([this]() UNCHECKED_LOCKING { waiting_ = {}; });
  const bool cancellable = !unwinding_.begun();
  for (bool waited = false; !ready(); waited = true) {
    if (lost(cancellable)) return false;
    if (!waited) waits();
    unwinding_.wait(changed_, mutex_, cancellable);
  }
  return true;
}

void Suspension::wake(const std::function<void()>& change) {
  const seam::Lock lock(mutex_);
  change();
  changed_.notify();
}

void Suspension::show(std::string_view what, std::int64_t subject) {
  const seam::Lock lock(mutex_);
  waiting_ = what;
  subject_ = subject;
}

CancelAttempt Suspension::cancel(const std::function<CancelAttempt()>& attempt) {
  const seam::Lock lock(mutex_);
  const CancelAttempt made = attempt();
  if (!made.won) return made;
  if (made.found == Stage::queued && held_) {
    held_ = false;
    waiting_ = {};
  }
  changed_.notify();
  return made;
}

void Suspension::describe(RequestView& view) const {
  const seam::Lock lock(mutex_);
  view.held = held_;
  view.waiting = waiting_;
  view.waiting_for = subject_;
}

bool Suspension::hold_unstarted(const Predicate& asked, const std::function<void()>& held) {
  const seam::Lock lock(mutex_);
  if (!asked()) return false;
  held_ = true;
  waiting_ = "hold";
  held();
  return true;
}

bool Suspension::park_if(const Predicate& asked, const std::function<void()>& held) {
  const seam::Lock lock(mutex_);
  if (ignores_holds_ || (!stop_at_next_ && !asked())) return false;
  held_ = parked_ = true;
  waiting_ = "hold";
  held();
  return true;
}

Suspension::Released Suspension::release(bool one_step) {
  const seam::Lock lock(mutex_);
  if (!one_step) stop_at_next_ = false;
  if (!held_) return {false, false, false};
  held_ = false;
  stop_at_next_ = one_step;
  ignores_holds_ = !one_step;
  const bool unstarted = stage_.load() == Stage::queued;
  const bool parked = std::exchange(parked_, false);
  if (unstarted || parked) waiting_ = {};
  changed_.notify();
  return {true, unstarted, parked};
}

}  // namespace cancel
