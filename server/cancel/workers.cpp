#include "server/cancel/workers.hpp"

#include <algorithm>
#include <utility>

#include "server/seam/scope_exit.hpp"

namespace cancel {

WorkerPool::WorkerPool(const Options& options, std::function<void()> wake_boss)
    : options_(options), wake_boss_(std::move(wake_boss)) {}

WorkerPool::~WorkerPool() = default;

// ── The boss's thread ───────────────────────────────────────────────────────────────────────────

WorkerPool::Admission WorkerPool::admit(std::shared_ptr<Request> request) {
  if (request->needs_own_thread()) {
    if (start_worker(request, false)) return Admission::admitted;
    const seam::Lock lock(mutex_);
    return queue_for_free(request) ? Admission::admitted : Admission::busy;
  }
  bool may_start = false;
  {
    const seam::Lock lock(mutex_);
    if (queue_for_free(request)) return Admission::admitted;
    may_start = pooled_ < options_.most;
  }
  if (may_start && start_worker(request, true)) return Admission::admitted;
  const seam::Lock lock(mutex_);
  // No worker is left to take it, and the system has refused a thread. (If all workers retired
  // since the look at the bound, the boss starts another when it joins them.)
  if (may_start && pooled_ == 0) return Admission::busy;
  if (queue_.size() >= options_.queued + free_workers()) return Admission::busy;
  queue_.push_back(std::move(request));
  wake_searcher();  // a worker may have become idle meanwhile
  return Admission::admitted;
}

bool WorkerPool::start_worker(std::shared_ptr<Request> first, bool pooled) {
  const auto worker = std::make_shared<Worker>();
  worker->first = std::move(first);
  worker->pooled = pooled;
  worker->one_shot = !pooled || options_.idle.count() == 0;
  {
    const seam::Lock lock(mutex_);
    count_worker(*worker, +1);
  }
  const bool started = worker->thread.start([this, worker] {
    const seam::ScopeExit leaving([&] { leave(worker); });
    work(worker);
  });
  if (started) {
    workers_.push_back(worker);
    return true;
  }
  const seam::Lock lock(mutex_);
  count_worker(*worker, -1);
  return false;
}

void WorkerPool::count_worker(const Worker& worker, int change) {
  if (worker.pooled) pooled_ += static_cast<std::size_t>(change);
  alive_ += static_cast<std::size_t>(change);
  started_ += change;
}

bool WorkerPool::queue_for_free(std::shared_ptr<Request>& request) {
  if (queue_.size() >= free_workers()) return false;
  queue_.push_back(std::move(request));
  wake_searcher();
  return true;
}

/// A worker that is woken for one request finds those that have arrived by then, too. So one is
/// woken at a time, and wakes the next before it begins to work, if more than its own are left.
void WorkerPool::wake_searcher() {
  if (searcher_ || queue_.empty() || idle_.empty()) return;
  searcher_ = std::move(idle_.back());
  idle_.pop_back();
  searcher_->wake.notify();
}

void WorkerPool::run_posted() {
  Posted posted;
  {
    const seam::Lock lock(mutex_);
    std::swap(posted, posted_);
  }
  for (const auto& request : posted.to_cancel) request->post_cancel();
  for (const auto& request : posted.to_end) request->schedule_end();
  for (const WorkerRef& worker : posted.to_join) join(worker);
  start_workers_for_queue();
}

void WorkerPool::join(const WorkerRef& worker) {
  const bool cancelled = worker->thread.join();
  workers_.remove(worker);
  const seam::Lock lock(mutex_);
  --alive_;
  cancelled_ += cancelled ? 1 : 0;
}

void WorkerPool::start_workers_for_queue() {
  for (;;) {
    std::shared_ptr<Request> first;
    {
      const seam::Lock lock(mutex_);
      if (queue_.size() <= free_workers() || pooled_ >= options_.most) return;
      first = std::move(queue_.front());
      queue_.pop_front();
    }
    if (start_worker(first, true)) continue;
    // The system refuses a thread. A worker takes the request as soon as one is free.
    const seam::Lock lock(mutex_);
    queue_.push_front(std::move(first));
    wake_searcher();
    return;
  }
}

void WorkerPool::stop() {
  {
    const seam::Lock lock(mutex_);
    for (const WorkerRef& worker : workers_) {
      worker->retire = true;
      worker->wake.notify();
    }
  }
  while (!workers_.empty()) join(WorkerRef(workers_.front()));
  const seam::Lock lock(mutex_);
  posted_ = {};
  idle_.clear();
  searcher_ = nullptr;
}

void WorkerPool::requeue(std::shared_ptr<Request> request) {
  if (request->needs_own_thread() && start_worker(request, false)) return;
  {
    const seam::Lock lock(mutex_);
    // The request was admitted before, so a full queue does not refuse it now.
    queue_.push_back(std::move(request));
    wake_searcher();
  }
  start_workers_for_queue();
}

// ── Any thread ──────────────────────────────────────────────────────────────────────────────────

void WorkerPool::end_queued(std::shared_ptr<Request> request) {
  {
    const seam::Lock lock(mutex_);
    std::erase(queue_, request);
    posted_.to_end.push_back(std::move(request));
  }
  wake_boss_();
}

void WorkerPool::deliver_cancel(std::shared_ptr<Request> request) {
  {
    const seam::Lock lock(mutex_);
    posted_.to_cancel.push_back(std::move(request));
  }
  wake_boss_();
}

WorkerPool::Counts WorkerPool::counts() const {
  const seam::Lock lock(mutex_);
  const std::size_t taken_soon = std::min(queue_.size(), free_workers());
  return {alive_, started_, cancelled_, queue_.size() - taken_soon};
}

// ── A worker's thread ───────────────────────────────────────────────────────────────────────────

void WorkerPool::work(const WorkerRef& self) {
  while (const std::shared_ptr<Request> request = next_request(self)) {
    request->run(self->thread);
    if (self->one_shot) return;
  }
}

/// Blocks until there is a request for this worker. Returns null if the worker is to end.
std::shared_ptr<Request> WorkerPool::next_request(const WorkerRef& self) {
  const seam::Lock lock(mutex_);
  if (self->first) return std::exchange(self->first, nullptr);
  for (;;) {
    if (searcher_ == self) searcher_ = nullptr;
    if (!queue_.empty()) {
      std::shared_ptr<Request> next = std::move(queue_.front());
      queue_.pop_front();
      wake_searcher();
      return next;
    }
    if (self->retire) return nullptr;
    idle_.push_back(self);
    if (!wait_idle(self)) return nullptr;
  }
}

/// Waits on the idle list. Returns false if the worker has been idle for long enough.
bool WorkerPool::wait_idle(const WorkerRef& self) {
  const seam::Time until = seam::now() + options_.idle;
  bool in_time = true;
  while (in_time && searcher_ != self && !self->retire) {
    in_time = self->wake.wait_until(mutex_, until);
  }
  std::erase(idle_, self);
  // A worker that was woken at the last moment looks at the queue.
  return in_time || searcher_ == self || self->retire;
}

/// A worker's last act, also when a cancel ends it: the boss may join the thread.
void WorkerPool::leave(const WorkerRef& self) {
  {
    const seam::Lock lock(mutex_);
    if (self->pooled) --pooled_;
    posted_.to_join.push_back(self);
  }
  wake_boss_();
}

}  // namespace cancel
