#pragma once

#include <deque>
#include <optional>

#include "server/cancel/request.hpp"

/// Messages for requests. Any thread may send. One request at a time receives.
class Mailbox {
 public:
  /// Takes the oldest message. Blocks until there is one; then the wait is a cancellation point. A
  /// request that is cancelled takes no message. The request's own thread.
  int receive(cancel::Request& request);
  /// Never blocks for long.
  void send(int message);
  /// Returns the number of messages that no request has taken.
  std::size_t left() const {
    const seam::Lock lock(mutex_);
    return messages_.size();
  }

 private:
  /// A request that waits, on the stack of its thread.
  struct Receiver {
    Mailbox& mailbox;
    cancel::Request& request;
    std::optional<int> message{};  // once it has been given one
  };
  /// For a cleanup entry; the argument is a Receiver.
  static void stop_receiving(void* receiver) noexcept;

  mutable seam::Mutex mutex_;
  seam::Condition arrived_;
  std::deque<int> messages_ GUARDED_BY(mutex_);
  // Null if no request waits.
  [[maybe_unused]] Receiver* receiver_ GUARDED_BY(mutex_) = nullptr;
};
