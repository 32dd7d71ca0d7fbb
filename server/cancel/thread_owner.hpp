#pragma once

/// The boss, as a request sees it: the thread that created the worker threads, and therefore the
/// only one that cancels and joins them.

#include <memory>

namespace cancel {

class Request;

class ThreadOwner {
 public:
  virtual ~ThreadOwner() = default;
  /// A queued request was cancelled: takes it off the queue and ends it. Any thread; never blocks.
  virtual void end_queued(std::shared_ptr<Request> request) = 0;
  /// A running request was cancelled: calls its post_cancel() on the boss's thread. Any thread;
  /// never blocks.
  virtual void deliver_cancel(std::shared_ptr<Request> request) = 0;
  /// A request held at its admission was resumed: queues it. The boss's thread only.
  virtual void requeue(std::shared_ptr<Request> request) = 0;
};

}  // namespace cancel
