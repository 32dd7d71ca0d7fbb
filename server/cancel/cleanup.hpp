#pragma once

/// The cleanup stack: what a request must undo, topmost first, whichever way it ends.
///
/// An entry is a scope object on the worker's own stack; nothing is allocated. Entries form a list
/// that anybody may read while it changes (TXN SHOW prints it). They leave in reverse order,
/// because scopes end in reverse order: by running off the end, by an exception, or by the forced
/// unwind of pthread_cancel. This is pthread_cleanup_push and pop, made visible.

#include <cstdint>
#include <string_view>

namespace cancel {

class Request;

/// What an entry undoes, for people: "unlock account", 42.
struct CleanupName {
  std::string_view what;  // a literal
  std::int64_t subject = 0;
  bool holds_lock = false;  // the subject is a mutex this request owns
};

class Cleanup {
 public:
  using Routine = void (*)(void*) noexcept;

  /// Pushes. `routine(argument)` runs once, when the entry is popped to be executed; it may block,
  /// and throws nothing. For the current request's own thread, or, before it has one, for the
  /// thread that ends it.
  Cleanup(Request& request, CleanupName name, Routine routine, void* argument);
  /// Pops and executes, unless popped before.
  ~Cleanup();
  Cleanup(const Cleanup&) = delete;
  Cleanup& operator=(const Cleanup&) = delete;

  /// As pthread_cleanup_pop: takes the entry off, and runs its routine if asked to. It is the
  /// topmost; popping any other ends the process, for cleanup out of order is no cleanup.
  void pop(bool execute);

  const CleanupName& name() const { return name_; }
  const Cleanup* below() const { return below_; }

 private:
  friend class Request;
  Request* request_;  // null once popped
  const CleanupName name_;
  const Routine routine_;
  void* const argument_;
  Cleanup* below_ = nullptr;
};

}  // namespace cancel
