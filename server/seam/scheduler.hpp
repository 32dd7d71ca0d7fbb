#pragma once

/// The interface through which a test decides the order of threads.
///
/// In service `seam::scheduler` is null and costs one thread-local load. In a test it points to a
/// Scheduler, and every operation of the seam asks it first. The scheduler then lets one thread run
/// at a time, in an order that the test chooses and can replay.

#include <chrono>
#include <cstdint>
#include <string_view>

namespace seam {

/// A moment on the monotonic clock. Only differences have a meaning.
using Time = std::chrono::steady_clock::time_point;

/// How a thread touches a shared atomic. `add` changes a sum without reading it, so two additions
/// commute.
enum class Access : std::uint8_t { read, write, update, add };

/// The part of a mutex's data that a critical section touches; see Lock.
using Part = std::uint64_t;
inline constexpr Part whole = 0;

/// Why a wait ended.
enum class Woken : std::uint8_t { notified, timed_out, cancelled };

/// Decides when each thread goes on. The threads under test make the calls; each call returns when
/// the scheduler lets the caller go on. No call is a cancellation point.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// The caller is about to touch a shared atomic.
  virtual void access(const void* object, Access how) = 0;
  /// Returns once the caller owns the mutex.
  virtual void acquire(const void* mutex, Part part) = 0;
  virtual void release(const void* mutex) = 0;
  /// Releases the mutex, waits, and returns once the caller owns the mutex again. Returns
  /// `cancelled` only if `cancellable`, after a cancel of the calling thread was posted.
  virtual Woken wait(const void* condition, const void* mutex, bool cancellable,
                     const Time* deadline) = 0;
  virtual void notify(const void* condition) = 0;
  /// Returns once a cancel of the calling thread has been posted. The caller holds no mutex.
  virtual void await_cancel() = 0;
  virtual Time now() = 0;

  /// Announces a new thread; its creator calls. Returns the token that names the thread.
  virtual std::uint64_t create() = 0;
  /// The new thread's first and last act. If the system refuses the thread, its creator calls
  /// leave().
  virtual void enter(std::uint64_t token) = 0;
  virtual void leave(std::uint64_t token) = 0;
  /// Returns once the thread has left.
  virtual void join(std::uint64_t token) = 0;
  /// A pthread_cancel of that thread has been posted.
  virtual void cancel(std::uint64_t token) = 0;

  /// Trace only: the caller reached the named place (a literal).
  virtual void remark(std::string_view place) = 0;
  /// Observation only: a cleanup entry of the request is pushed, is popped, or begins to run.
  enum class Cleaning : std::uint8_t { pushed, popped, runs };
  virtual void cleanup(const void* request, const void* entry, Cleaning what) = 0;
};

/// The scheduler of the calling thread; null in service. Threads inherit it from their creator.
inline thread_local constinit Scheduler* scheduler = nullptr;

}  // namespace seam
