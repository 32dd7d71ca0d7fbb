#pragma once

/// The cleanup stack: what a request must undo, topmost first, however it ends.
///
/// An entry is a scope object on the stack of the request's thread; nothing is allocated. Scopes
/// end in reverse order, so entries do: at the end of the scope, by an exception, or by the forced
/// unwinding of a pthread_cancel. This is pthread_cleanup_push() and pop(), made visible to other
/// threads. The bottom entries, which outlast the thread's part of a request, are members of the
/// request.

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/seam/mutex.hpp"

namespace cancel {

class Cleanup;
class Request;

/// Names the thing that an entry undoes, for people: "unlock account", 42.
struct CleanupName {
  std::string_view what;  // a literal
  std::int64_t subject = 0;
  bool holds_lock = false;  // the request owns the mutex of this subject
};

/// The entries of one request. One thread at a time changes the stack: the request's own, and after
/// its part the thread that completes the request. Any thread may read it.
class CleanupStack {
 public:
  void push(Cleanup& entry);
  /// Ends the process if the entry is not the topmost.
  void pop(Cleanup& entry);
  /// Returns the names, topmost first. Any thread.
  std::vector<CleanupName> names() const;

  /// Notes that a push is due: the request has acquired something and must push the entry that
  /// releases it, before it passes a cancellation point. A cancel there would never release it.
  void expect_push() { push_due_ = true; }
  bool push_due() const { return push_due_; }

 private:
  bool push_due_ = false;  // the request's own thread only

  mutable seam::Mutex mutex_;
  Cleanup* top_ GUARDED_BY(mutex_) = nullptr;
};

class Cleanup {
 public:
  using Routine = void (*)(void*) noexcept;

  /// Pushes an entry. `routine(argument)` runs at most once, on the thread that pops the entry,
  /// with cancellation disabled; it may block. The request's own thread constructs entries or, if
  /// it was never started, the thread that ends it.
  Cleanup(Request& request, CleanupName name, Routine routine, void* argument);
  /// Pops the entry and runs its routine, unless it was popped before.
  ~Cleanup();
  Cleanup(const Cleanup&) = delete;
  Cleanup& operator=(const Cleanup&) = delete;

  /// Pops the entry, which is the topmost, and runs its routine if `execute`.
  void pop(bool execute);

 private:
  friend class CleanupStack;
  Request* request_;  // null once popped
  const CleanupName name_;
  const Routine routine_;
  void* const argument_;
  Cleanup* below_ = nullptr;
};

}  // namespace cancel
