#pragma once

/// An event that one thread waits for: how a boss without an event loop of its own is woken.

#include "server/seam/condition.hpp"

namespace cancel {

class Event {
 public:
  /// Sets the event and wakes the waiter. Any thread; never blocks.
  void signal() {
    const seam::Lock lock(mutex_);
    signalled_ = true;
    changed_.notify();
  }
  /// Blocks until the event is set, and resets it. Signals before that count once. One thread at a
  /// time; not a cancellation point.
  void wait() {
    const seam::Lock lock(mutex_);
    while (!signalled_) changed_.wait(mutex_);
    signalled_ = false;
  }

 private:
  seam::Mutex mutex_;
  seam::Condition changed_;
  bool signalled_ GUARDED_BY(mutex_) = false;
};

}  // namespace cancel
