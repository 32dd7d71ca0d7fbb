#pragma once

/// The seam: every place where a thread of ours can wait, or race, passes through here.
///
/// In service each of these types is the plain thing: a pthread mutex, a pthread condition, a
/// std::atomic, a pthread, a clock. In a test a thread may carry a Scheduler; then each operation
/// asks it first, so that the shipped code runs one thread at a time, in an order the test chooses
/// and can replay. One thread-local load decides which.
///
/// Rules of the house:
/// - A Condition has one waiter at the most. Whoever notifies holds the mutex of the wait, so the
///   waiter cannot be gone, nor the Condition destroyed, before notify() is done. (One waiter also
///   keeps clear of glibc bug 25847, a wake-up lost when signals and several waiters meet.)
/// - A lock that does not pass through here (SQLite's, the allocator's, the logger's) is a leaf: it
///   is never held across a call into the seam.
/// - A thread starts with cancellation disabled and deferred. It is enabled in window.cpp only.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include <pthread.h>

#include "server/seam/thread_safety.hpp"

namespace seam {

/// Microseconds on a clock that never goes back; only differences mean anything.
using Time = std::chrono::steady_clock::time_point;

/// What a thread does to a shared object. `add`: a sum grows or shrinks, and who adds does not look
/// at it, so that two who add may come in either order.
enum class Access : std::uint8_t { read, write, update, add };
/// Which part of what a mutex guards a critical section touches; see Lock.
using Part = std::uint64_t;
inline constexpr Part whole = 0;

enum class Woken : std::uint8_t { notified, timed_out, cancelled };

/// What a test puts in charge of the threads that carry it. Calls come from those threads; each
/// returns when the scheduler lets the caller go on. None is ever a cancellation point.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// The caller is about to touch a shared atomic.
  virtual void access(const void* object, Access how) = 0;
  /// Returns once the caller owns the mutex, to touch that part of what it guards.
  virtual void acquire(const void* mutex, Part part) = 0;
  virtual void release(const void* mutex) = 0;
  /// Gives the mutex up, waits, and owns it again on return. `cancelled` only if `cancellable`: a
  /// cancel of the calling thread has been posted.
  virtual Woken wait(const void* condition, const void* mutex, bool cancellable,
                     const Time* deadline) = 0;
  virtual void notify(const void* condition) = 0;
  /// Waits, holding nothing, until a cancel of the calling thread has been posted.
  virtual void await_cancel() = 0;
  virtual Time now() = 0;

  /// Before a thread is created, by its creator; the token names it from then on.
  virtual std::uint64_t create() = 0;
  /// The new thread's first and last acts. If there is no thread to be had, its creator leaves.
  virtual void enter(std::uint64_t token) = 0;
  virtual void leave(std::uint64_t token) = 0;
  /// Returns once the thread has left.
  virtual void join(std::uint64_t token) = 0;
  /// A pthread_cancel of that thread is posted now.
  virtual void cancel(std::uint64_t token) = 0;

  /// For who reads the run: the caller has come to the place of this name, a literal.
  virtual void remark(std::string_view place) = 0;
  /// An entry of the request's cleanup stack is pushed, is popped, begins to run. To be watched:
  /// nothing waits here.
  enum class Cleaning : std::uint8_t { pushed, popped, runs };
  virtual void cleanup(const void* request, const void* entry, Cleaning what) = 0;
};

/// The scheduler the calling thread runs under; null in service.
inline thread_local constinit Scheduler* scheduler = nullptr;

Time now();
/// Microseconds since 1970-01-01 UTC, as far as the machine knows.
std::int64_t wall_clock();

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  ~Mutex();
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// Not a cancellation point (POSIX: pthread_mutex_lock is none).
  void lock(Part part = whole) ACQUIRE();
  void unlock() RELEASE();

 private:
  friend class Condition;
  pthread_mutex_t native_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Who says which part it touches, one row of a table, promises two things: that it touches no
/// other, and that nothing of the seam is called while it is held. In service that is of no
/// consequence. Under a scheduler it means that two who touch different parts may come in either
/// order, so that one of the orders need be run.
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

class Condition {
 public:
  Condition();
  ~Condition();
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  /// Waits for a notify; may return early, so the caller loops. Never a cancellation point.
  void wait(Mutex& mutex) REQUIRES(mutex);
  /// As wait(), at most until the deadline; false when that has passed.
  bool wait_until(Mutex& mutex, Time deadline) REQUIRES(mutex);
  /// As wait(), but a cancellation point of the calling pthread: the window around one
  /// pthread_cond_wait. When the cancel strikes, the mutex is held and the stack unwinds by force.
  void wait_in_window(Mutex& mutex) REQUIRES(mutex);
  /// Wakes the one waiter. The caller holds the mutex of the wait.
  void notify();

 private:
  pthread_cond_t native_;
};

/// Acts on a pthread_cancel posted to the calling thread: waits for it if it is still on its way.
/// Never returns; the stack unwinds by force. For a thread of which it is known that it comes.
[[noreturn]] void die_in_window();

template <typename T>
class Atomic {
 public:
  Atomic() = default;
  explicit Atomic(T value) : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order order = std::memory_order_seq_cst) const {
    ask(Access::read);
    return value_.load(order);
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    ask(Access::write);
    value_.store(value, order);
  }
  /// True if it held `expected` and now holds `desired`; else `expected` is what it holds.
  bool compare_exchange(T& expected, T desired) {
    ask(Access::update);
    return value_.compare_exchange_strong(expected, desired);
  }
  T fetch_add(T more, std::memory_order order = std::memory_order_relaxed) {
    ask(Access::update);
    return value_.fetch_add(more, order);
  }
  /// For a sum: relaxed, and its adders learn nothing from it.
  void add(T more) {
    ask(Access::add);
    value_.fetch_add(more, std::memory_order_relaxed);
  }

 private:
  void ask(Access how) const {
    if (scheduler != nullptr) [[unlikely]]
      scheduler->access(&value_, how);
  }
  std::atomic<T> value_{};
};

/// A thread. Its creator joins it (or never started it) before the Thread is destroyed.
class Thread {
 public:
  Thread() = default;
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /// Runs `body` on a new thread, under the caller's scheduler if it has one, with cancellation
  /// disabled and deferred. False if the system has no thread to give; nothing has changed then.
  /// `body` may end by returning or by a cancel; an exception out of it ends the process.
  [[nodiscard]] bool start(std::function<void()> body);
  /// Waits for its end. True if it ended by a cancel. Once, by one thread.
  bool join();
  /// Posts a pthread_cancel. It cannot be taken back. The thread has not been joined.
  void cancel();
  bool started() const { return started_; }

 private:
  struct Start;
  static void* run(void* start);
  pthread_t native_{};
  std::uint64_t token_ = 0;
  bool started_ = false;
};

}  // namespace seam
