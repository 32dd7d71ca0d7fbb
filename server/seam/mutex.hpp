#pragma once

/// A mutex and its scope lock. Waiting for it is not a cancellation point (as in POSIX), so it
/// protects short critical sections only.

#include <pthread.h>

#include "server/seam/scheduler.hpp"
#include "server/seam/thread_safety.hpp"

namespace seam {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  ~Mutex() { pthread_mutex_destroy(&native_); }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// Blocks until the calling thread owns the mutex. Not recursive.
  void lock(Part part = whole) ACQUIRE() {
    if (scheduler != nullptr) scheduler->acquire(this, part);
    pthread_mutex_lock(&native_);
  }
  /// Releases the mutex. Only its owner may call.
  void unlock() RELEASE() {
    pthread_mutex_unlock(&native_);
    if (scheduler != nullptr) scheduler->release(this);
  }

 private:
  friend class Condition;
  // Adaptive: spins for a moment before it sleeps, since every section is shorter than a sleep.
  pthread_mutex_t native_ = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
};

/// Owns a mutex until the end of the scope.
///
/// `part` names one row of the table that the mutex guards. A section that names its part promises
/// to touch no other part and to call nothing else of the seam. Sections of different parts
/// commute, so a scheduler needs to run only one of their orders. In service `part` has no effect.
class SCOPED_CAPABILITY Lock {
 public:
  explicit Lock(Mutex& mutex, Part part = whole) ACQUIRE(mutex) : mutex_(mutex) {
    mutex_.lock(part);
  }
  ~Lock() RELEASE() { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace seam
