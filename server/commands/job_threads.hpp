#pragma once

/// A few threads for jobs that may block but are no transactions: logging in, STATUS, CANCEL by
/// key, tombstones of queued requests, the operator's ledger commands. No full pool of workers, no
/// hold and no stopped worker keeps them from running.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "server/seam/seam.hpp"

namespace commands {

class JobThreads {
 public:
  /// What it throws of std::exception's kind is logged by nobody and ends nothing: whoever waits
  /// for a job sees to it in the job that it is told.
  using Job = std::function<void()>;

  /// Starts them. Throws std::runtime_error if the system has no thread to give.
  explicit JobThreads(std::size_t threads);
  /// Runs what has been submitted, then joins them.
  ~JobThreads();

  /// Any thread; never blocks. Jobs with the same key (not 0) run one at a time, in order; the
  /// others as threads are free. A key that is busy holds up no other.
  void submit(Job job, std::int64_t key = 0);
  /// Jobs that no thread has begun.
  std::size_t waiting() const;
  /// No job is running or waiting.
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
  bool take(Thread& self, Waiting& next) REQUIRES(mutex_);
  bool may_run(std::int64_t key) const REQUIRES(mutex_);
  void done(Thread& self);
  void wake_all() REQUIRES(mutex_);
  void stop();

  std::vector<std::unique_ptr<Thread>> threads_;
  mutable seam::Mutex mutex_;
  std::deque<Waiting> jobs_ GUARDED_BY(mutex_);
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace commands
