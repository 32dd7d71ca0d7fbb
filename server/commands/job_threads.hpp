#pragma once

/// Threads for jobs that may block and are not transactions: logins, STATUS, CANCEL by key, the
/// tombstones of queued requests, the operator's changes to an account, and commits that no worker
/// leads. Neither a full pool of workers nor a held request delays them.

#include <cstdint>
#include <deque>
#include <functional>

#include "server/seam/seam.hpp"

namespace commands {

class JobThreads {
 public:
  /// May block. Must not throw; it reports its failures to the client itself.
  using Job = std::function<void()>;

  /// Starts the threads. Throws std::runtime_error if the system refuses one.
  explicit JobThreads(std::size_t threads);
  /// Runs every submitted job, then joins the threads.
  ~JobThreads();

  /// Queues a job; never blocks. Jobs with the same key (unless 0) run one at a time, in order; a
  /// busy key delays no other job. Any thread.
  void submit(Job job, std::int64_t key = 0);
  /// The number of jobs that no thread has begun. Any thread.
  std::size_t waiting() const;
  /// True if no job is running or waiting. Any thread.
  bool idle() const;

 private:
  struct Waiting {
    Job job;
    std::int64_t key;
  };
  struct Thread {
    seam::Thread thread;
    seam::Condition wake;
    bool sleeping = false;
    std::int64_t key = 0;  // of the job it runs
  };
  void run(Thread& self);
  Job next(Thread& self);
  Job take(Thread& self) REQUIRES(mutex_);
  void stop();

  std::deque<Thread> threads_;  // never grows; a Thread cannot be moved
  mutable seam::Mutex mutex_;
  std::deque<Waiting> jobs_ GUARDED_BY(mutex_);
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace commands
