#pragma once

/// A mutex whose wait can be cancelled. (POSIX: pthread_mutex_lock is no cancellation point, so a
/// thread stuck in it cannot be reached; here it can.)
///
/// First come, first served: unlock() hands the mutex to whoever has waited longest, before anybody
/// who comes later can take it. A waiter that is cancelled leaves the queue; if it had been granted
/// the mutex in the same moment, it passes the grant on.

#include <cstdint>
#include <string_view>

#include "server/cancel/cleanup.hpp"
#include "server/cancel/request.hpp"
#include "server/seam/seam.hpp"

namespace cancel {

class CancellableMutex {
 public:
  /// How the entries of the cleanup stack are called; literals.
  struct Names {
    std::string_view unlock;
    std::string_view stop_waiting;
    std::string_view waiting = "lock";  // what a waiter is shown to wait for; empty: not shown
  };
  CancellableMutex(Names names, std::int64_t subject) : names_(names), subject_(subject) {}
  CancellableMutex(const CancellableMutex&) = delete;
  CancellableMutex& operator=(const CancellableMutex&) = delete;

  /// Waits until the request owns the mutex. A cancellation point only while it waits; an
  /// uncontended lock is none. The request's own thread calls. Not recursive.
  void lock(Request& request);
  /// The owner's thread calls. Hands over to the longest waiting. Throws nothing.
  void unlock() noexcept;

  const Names& names() const { return names_; }
  std::int64_t subject() const { return subject_; }

 private:
  struct Waiter {
    CancellableMutex& mutex;
    Request& request;
    bool granted = false;  // changed under mutex_ and the request's own; read under either
    Waiter* next = nullptr;
  };
  static void stop_waiting(void* waiter) noexcept;
  void hand_over() REQUIRES(mutex_);

  const Names names_;
  const std::int64_t subject_;
  seam::Mutex mutex_;  // held before a request's own
  bool owned_ GUARDED_BY(mutex_) = false;
  Waiter* first_ GUARDED_BY(mutex_) = nullptr;
  Waiter* last_ GUARDED_BY(mutex_) = nullptr;
};

/// Owns a CancellableMutex from its construction until unlock() or the end of its scope; its entry
/// on the cleanup stack is pushed after the grant, with no cancellation point between the two.
class MutexOwner {
 public:
  MutexOwner(Request& request, CancellableMutex& mutex);
  void unlock() { unlock_.pop(true); }

 private:
  static CancellableMutex& locked(Request& request, CancellableMutex& mutex);
  CancellableMutex& mutex_;
  Cleanup unlock_;
};

}  // namespace cancel
