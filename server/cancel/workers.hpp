#pragma once

/// The worker threads, and the boss's part in them.
///
/// The boss's thread admits requests, creates workers on demand up to a bound, cancels and joins
/// them. A worker runs one request at a time. The worker that has been idle for the shortest time
/// is used first, and one that has been idle for long retires. At most one worker at a time is on
/// its way from the idle ones to the queue, so a crowd of requests does not wake a crowd of threads
/// of which each finds one. Under the posix mechanism a cancelled request takes its worker with it:
/// the boss joins the dead thread, and starts another when one is needed.
///
/// Other threads post work for the boss (end a request, post a cancel, join a worker) and wake it;
/// the boss does that work in run_posted().

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "server/cancel/request.hpp"

namespace cancel {

class WorkerPool : public ThreadOwner {
 public:
  struct Options {
    std::size_t most = 256;                      // workers at once
    std::size_t queued = 1024;                   // requests waiting for one; more are refused
    std::chrono::microseconds idle{10'000'000};  // then a worker retires; 0: one request a thread
  };
  struct Counts {
    std::size_t workers;     // alive now
    std::int64_t started;    // ever
    std::int64_t cancelled;  // ended by a pthread_cancel
    std::size_t queued;
  };
  enum class Admission : std::uint8_t { admitted, busy };

  /// `wake_boss` makes the boss's thread call run_posted() soon. Any thread calls it; it must not
  /// block.
  WorkerPool(const Options& options, std::function<void()> wake_boss);
  /// Requires stop() before.
  ~WorkerPool() override;

  // ── The boss's thread ───────────────────────────────────────────────────────────────────────

  /// Gives the request to a worker, or queues it. A request that needs a thread of its own gets
  /// one, or an idle worker if the system refuses a thread. Returns `busy`, and changes nothing, if
  /// the queue is full, or if the system refuses a thread and no worker can take the request. Never
  /// blocks.
  [[nodiscard]] Admission admit(std::shared_ptr<Request> request);
  /// Does the posted work, and starts workers for queued requests. Blocks for the last steps of a
  /// worker that is ending.
  void run_posted();
  /// Retires and joins every worker. The caller ensures that no request is queued or running.
  void stop();

  /// Any thread.
  Counts counts() const;

  // ThreadOwner.
  void end_queued(std::shared_ptr<Request> request) override;
  void deliver_cancel(std::shared_ptr<Request> request) override;
  void requeue(std::shared_ptr<Request> request) override;

 private:
  struct Worker {
    seam::Thread thread;
    bool pooled = true;              // counts against the bound
    bool one_shot = false;           // ends with its first request
    seam::Condition wake;            // the worker waits here, under mutex_
    std::shared_ptr<Request> first;  // what it was started for
    bool retire = false;
  };
  using WorkerRef = std::shared_ptr<Worker>;
  /// Work for the boss.
  struct Posted {
    std::vector<std::shared_ptr<Request>> to_end;
    std::vector<std::shared_ptr<Request>> to_cancel;
    std::vector<WorkerRef> to_join;
  };

  bool start_worker(std::shared_ptr<Request> first, bool pooled);
  void count_worker(const Worker& worker, int change) REQUIRES(mutex_);
  void join(const WorkerRef& worker);
  void start_workers_for_queue();
  bool queue_for_free(std::shared_ptr<Request>& request) REQUIRES(mutex_);
  void wake_searcher() REQUIRES(mutex_);
  /// The number of workers that take requests from the queue as soon as they run.
  std::size_t free_workers() const REQUIRES(mutex_) { return idle_.size() + (searcher_ ? 1 : 0); }

  // A worker's thread.
  void work(const WorkerRef& self);
  std::shared_ptr<Request> next_request(const WorkerRef& self);
  bool wait_idle(const WorkerRef& self) REQUIRES(mutex_);
  void leave(const WorkerRef& self);

  const Options options_;
  const std::function<void()> wake_boss_;
  std::list<WorkerRef> workers_;  // the boss's thread only

  mutable seam::Mutex mutex_;
  std::deque<std::shared_ptr<Request>> queue_ GUARDED_BY(mutex_);
  std::vector<WorkerRef> idle_ GUARDED_BY(mutex_);  // last: idle for the shortest time
  // Woken, and not yet at the queue. While a request is queued and a worker is idle, there is one.
  WorkerRef searcher_ GUARDED_BY(mutex_);
  std::size_t pooled_ GUARDED_BY(mutex_) = 0;  // alive, of those that count against the bound
  std::size_t alive_ GUARDED_BY(mutex_) = 0;   // started and not joined
  std::int64_t started_ GUARDED_BY(mutex_) = 0;
  std::int64_t cancelled_ GUARDED_BY(mutex_) = 0;
  Posted posted_ GUARDED_BY(mutex_);
};

}  // namespace cancel
