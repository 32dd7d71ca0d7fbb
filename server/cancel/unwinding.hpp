#pragma once

/// How a cancelled request is unwound: by an exception, or by the forced unwinding of a
/// pthread_cancel.
///
/// Two rules make the posix mechanism safe, although a pthread_cancel cannot be taken back:
/// - It is posted only to a thread whose request has lost the swap of its stage. See post_cancel().
/// - The loser does not unwind by itself: it waits for that pthread_cancel. See unwind().
/// So the cancel strikes the request it was meant for, and the thread dies of it. A thread with a
/// pending pthread_cancel never takes another request.

#include "server/seam/condition.hpp"
#include "server/seam/thread.hpp"

namespace cancel {

enum class Mechanism : std::uint8_t {
  token,  // a point throws Cancelled; the thread lives on
  posix,  // pthread_cancel: the thread unwinds by force and dies
};

/// Thrown at a point by the token mechanism. Not a std::exception, so that no handler of errors
/// catches it. Any handler that catches it must rethrow it.
struct Cancelled {};

class Unwinding {
 public:
  explicit Unwinding(Mechanism mechanism) : mechanism_(mechanism) {}

  Mechanism mechanism() const { return mechanism_; }

  /// Notes the thread that is about to run the request: the calling one, before the stage is
  /// `running`.
  void run_on(seam::Thread& thread) { thread_ = &thread; }
  /// Posts the pthread_cancel. The boss's thread, once, after a cancel has won against `running`.
  void post_cancel() { thread_->cancel(); }
  /// Unwinds the request's own thread, which has lost against a cancel. Under posix it waits in the
  /// window for the pthread_cancel: the winner has asked for it, or is about to.
  [[noreturn]] void unwind();

  /// Whether cleanup has begun. The request's own thread.
  bool begun() const { return begun_; }
  /// Waits for a notify. If `cancellable` under posix, the wait is in the window. The request's own
  /// thread.
  void wait(seam::Condition& changed, seam::Mutex& mutex, bool cancellable) REQUIRES(mutex);

 private:
  const Mechanism mechanism_;
  // Written before the stage becomes `running` and read after a cancel has won against that stage:
  // the two swaps put the accesses in order. The thread outlives its part of the request, and after
  // that no cancel wins.
  seam::Thread* thread_ = nullptr;
  // The request's own thread only.
  bool begun_ = false;
};

}  // namespace cancel
