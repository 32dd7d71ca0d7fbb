#pragma once

/// A mutex whose wait can be cancelled. (POSIX: pthread_mutex_lock is not a cancellation point, so
/// a cancel never reaches a thread that waits in it.)
///
/// The mutex is granted in the order of arrival: unlock() grants it to the longest waiter before
/// any newcomer can take it. A cancelled waiter leaves the queue; if the mutex had just been
/// granted to it, the next waiter receives the grant.

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/cancel/cleanup.hpp"
#include "server/cancel/observer.hpp"
#include "server/seam/mutex.hpp"

namespace cancel {

class Request;

class CancellableMutex {
 public:
  /// How the mutex appears to people; literals.
  struct Names {
    std::string_view unlock;            // the cleanup entry of its owner
    std::string_view stop_waiting;      // the cleanup entry of a waiter
    std::string_view waiting = "lock";  // what a waiter is shown to wait for; empty: not shown
    bool is_lock = true;                // its owner is shown as the holder of a lock
  };
  CancellableMutex(Names names, std::int64_t subject) : names_(names), subject_(subject) {}
  CancellableMutex(const CancellableMutex&) = delete;
  CancellableMutex& operator=(const CancellableMutex&) = delete;

  /// Blocks until the request owns the mutex. If it has to wait, the wait is a cancellation point.
  /// Next the caller pushes the cleanup entry that unlocks, as MutexOwner does, and passes no point
  /// before that. The request's own thread. Not recursive.
  void lock(Request& request);
  /// Grants the mutex to the longest waiter. The owner's thread.
  void unlock() noexcept;

  const Names& names() const { return names_; }
  std::int64_t subject() const { return subject_; }

 private:
  struct Waiter {
    CancellableMutex& mutex;
    Request& request;
    bool granted = false;  // written under mutex_ and that of its Suspension, read under either
  };
  bool acquire_or_enqueue(Waiter& waiter);
  void grant(Request& request) REQUIRES(mutex_);
  void show(const Request& request, Occurrence::Kind kind) const;
  static void stop_waiting(void* waiter) noexcept;
  void grant_to_next() REQUIRES(mutex_);

  const Names names_;
  const std::int64_t subject_;

  seam::Mutex mutex_;
  Request* owner_ GUARDED_BY(mutex_) = nullptr;
  std::vector<Waiter*> waiters_ GUARDED_BY(mutex_);  // first: the longest waiter
};

/// Owns a CancellableMutex until unlock() or the end of the scope. Its cleanup entry is pushed
/// after the grant, with no cancellation point in between.
class MutexOwner {
 public:
  /// Blocks as CancellableMutex::lock(). The request's own thread.
  MutexOwner(Request& request, CancellableMutex& mutex);
  void unlock() { unlock_.pop(true); }

 private:
  static CancellableMutex& lock(Request& request, CancellableMutex& mutex);
  CancellableMutex& mutex_;
  Cleanup unlock_;
};

}  // namespace cancel
