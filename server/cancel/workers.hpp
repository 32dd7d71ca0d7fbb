#pragma once

/// Worker threads, and the boss's part in them: a thread is created, cancelled and joined by the
/// boss's thread only.
///
/// The boss admits requests; a worker takes one at a time. Workers are started on demand up to a
/// bound, the one idle for the shortest time is used first, and one that has been idle for long
/// retires. Under the posix mechanism a cancelled request takes its worker with it: the boss joins
/// the dead thread and starts another when one is needed. A worker that has a pthread_cancel
/// pending never takes another request, because a request that lost against a cancel never returns.
///
/// Other threads leave the boss a note (a request to end, a cancel to deliver, a worker to join)
/// and call it; the boss reads its notes in attend().

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "server/cancel/request.hpp"
#include "server/seam/seam.hpp"

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

  /// `call_boss` makes the boss's thread call attend() soon: any thread calls it, it never blocks.
  WorkerPool(const Options& options, std::function<void()> call_boss);
  /// After stop().
  ~WorkerPool() override;

  // ── The boss's thread ───────────────────────────────────────────────────────────────────────

  /// Gives the request to a worker, or queues it; one that is to be alone gets a thread of its own.
  /// Busy: the queue is full, or the system has no
  /// thread to give and there is no worker at all; nothing has changed then.
  [[nodiscard]] Admission admit(std::shared_ptr<Request> request);
  /// Reads the notes: ends what was cancelled while queued, delivers cancels, joins the dead,
  /// starts workers for what still waits.
  void attend();
  /// Retires every worker and joins it. Nothing is queued or running any more.
  void stop();

  /// Any thread.
  Counts counts() const;

  // Boss.
  void end_queued(std::shared_ptr<Request> request) override;
  void deliver_cancel(std::shared_ptr<Request> request) override;
  void requeue(std::shared_ptr<Request> request) override;

 private:
  struct Worker {
    seam::Thread thread;
    seam::Condition wake;  // the worker waits here, under mutex_
    std::shared_ptr<Request> next;
    bool own_thread = false;
    bool retire = false;
    std::shared_ptr<Worker> noted_before;
  };
  using WorkerRef = std::shared_ptr<Worker>;
  using Queue = std::list<std::shared_ptr<Request>>;
  /// The last of each kind; each knows the one before it, so that a note needs no memory.
  struct Notes {
    std::shared_ptr<Request> to_end;
    std::shared_ptr<Request> to_cancel;
    WorkerRef to_join;
  };

  bool start_worker(std::shared_ptr<Request> first, bool own_thread);
  void work(const WorkerRef& self);
  std::shared_ptr<Request> next_request(const WorkerRef& self);
  bool wait_idle(const WorkerRef& self) REQUIRES(mutex_);
  void leave(const WorkerRef& self) noexcept;
  bool give_to_idle(std::shared_ptr<Request>& request) REQUIRES(mutex_);
  void staff_queue();
  bool try_to_start(const std::shared_ptr<Request>& first);
  void end_cancelled(std::shared_ptr<Request> noted);
  void join(WorkerRef noted);

  const Options options_;
  const std::function<void()> call_boss_;
  std::list<WorkerRef> workers_;  // the boss's own

  mutable seam::Mutex mutex_;
  Queue queue_ GUARDED_BY(mutex_);
  std::vector<WorkerRef> idle_
      GUARDED_BY(mutex_);                      // the last is the one idle for the shortest time
  std::size_t pooled_ GUARDED_BY(mutex_) = 0;  // workers alive, those alone not counted
  std::size_t alive_ GUARDED_BY(mutex_) = 0;
  std::int64_t started_ GUARDED_BY(mutex_) = 0;
  std::int64_t cancelled_ GUARDED_BY(mutex_) = 0;
  Notes notes_ GUARDED_BY(mutex_);
};

}  // namespace cancel
