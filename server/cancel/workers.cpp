#include "server/cancel/workers.hpp"

#include <algorithm>
#include <utility>

namespace cancel {
namespace {

/// Notes are stacks whose elements know the one below.
template <typename Noted>
using Below = std::shared_ptr<Noted> Noted::*;

template <typename Noted>
void add(std::shared_ptr<Noted>& last, Below<Noted> below, std::shared_ptr<Noted> noted) {
  Noted& added = *noted;
  added.*below = std::exchange(last, std::move(noted));
}

/// Null if there is none.
template <typename Noted>
std::shared_ptr<Noted> take_last(std::shared_ptr<Noted>& last, Below<Noted> below) {
  if (!last) return nullptr;
  Noted& taken = *last;
  return std::exchange(last, std::exchange(taken.*below, nullptr));
}

}  // namespace

WorkerPool::WorkerPool(const Options& options, std::function<void()> call_boss)
    : options_(options), call_boss_(std::move(call_boss)) {
  const seam::Lock lock(mutex_);
  idle_.reserve(options_.most);  // a worker that becomes idle may find no memory
}

WorkerPool::~WorkerPool() = default;

// ── The boss's thread ───────────────────────────────────────────────────────────────────────────

WorkerPool::Admission WorkerPool::admit(std::shared_ptr<Request> request) {
  if (request->needs_own_thread()) {
    return start_worker(std::move(request), true) ? Admission::admitted : Admission::busy;
  }
  bool may_start = false;
  {
    const seam::Lock lock(mutex_);
    if (give_to_idle(request)) return Admission::admitted;
    may_start = pooled_ < options_.most;
  }
  if (may_start && start_worker(request, false)) return Admission::admitted;
  const seam::Lock lock(mutex_);
  // Somebody may have become idle meanwhile: who is idle does not look at the queue again.
  if (give_to_idle(request)) return Admission::admitted;
  if (pooled_ == 0 || queue_.size() >= options_.queued) return Admission::busy;
  queue_.push_back(std::move(request));
  return Admission::admitted;
}

bool WorkerPool::start_worker(std::shared_ptr<Request> first, bool own_thread) {
  const auto worker = std::make_shared<Worker>();
  worker->next = std::move(first);
  worker->own_thread = own_thread || options_.idle.count() == 0;
  std::function<void()> body = [this, worker, own_thread] {
    // The worker's last act, also when it is cancelled: the boss may join.
    struct Leaving {
      WorkerPool& pool;
      const WorkerRef& worker;
      const bool own_thread;
      ~Leaving() {
        {
          const seam::Lock lock(pool.mutex_);
          pool.pooled_ -= own_thread ? 0 : 1;
        }
        pool.leave(worker);
      }
    } const leaving{*this, worker, own_thread};
    work(worker);
  };
  workers_.push_back(worker);
  // Nothing below needs memory, so that the counts are right if there is none.
  {
    const seam::Lock lock(mutex_);
    pooled_ += own_thread ? 0 : 1;
    ++alive_;
    ++started_;
  }
  if (worker->thread.start(std::move(body))) return true;
  workers_.pop_back();
  const seam::Lock lock(mutex_);
  pooled_ -= own_thread ? 0 : 1;
  --alive_;
  --started_;
  return false;
}

void WorkerPool::attend() {
  Notes notes;
  {
    const seam::Lock lock(mutex_);
    std::swap(notes, notes_);
  }
  while (const auto request = take_last(notes.to_cancel, &Request::noted_before_)) {
    request->post_cancel();
  }
  end_cancelled(std::move(notes.to_end));
  join(std::move(notes.to_join));
  staff_queue();
}

/// One that cannot be ended, for want of memory, stays noted: the boss's next call tries again.
void WorkerPool::end_cancelled(std::shared_ptr<Request> noted) {
  while (auto request = take_last(noted, &Request::noted_before_)) {
    try {
      request->schedule_end();
    } catch (const std::exception&) {
      const seam::Lock lock(mutex_);
      add(notes_.to_end, &Request::noted_before_, std::move(request));
    }
  }
}

void WorkerPool::join(WorkerRef noted) {
  while (const WorkerRef worker = take_last(noted, &Worker::noted_before)) {
    const bool cancelled = worker->thread.join();
    workers_.remove(worker);
    const seam::Lock lock(mutex_);
    --alive_;
    cancelled_ += cancelled ? 1 : 0;
  }
}

void WorkerPool::staff_queue() {
  for (;;) {
    Queue next;
    {
      const seam::Lock lock(mutex_);
      if (queue_.empty() || pooled_ >= options_.most) return;
      next.splice(next.begin(), queue_, queue_.begin());
    }
    if (try_to_start(next.front())) continue;
    // No thread to be had: the workers there are will get to it, or the boss's next call.
    const seam::Lock lock(mutex_);
    if (!give_to_idle(next.front())) queue_.splice(queue_.begin(), next);
    return;
  }
}

/// False also if there is no memory for it.
bool WorkerPool::try_to_start(const std::shared_ptr<Request>& first) {
  try {
    return start_worker(first, false);
  } catch (const std::exception&) {
    return false;
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
  std::int64_t cancelled = 0;
  for (const WorkerRef& worker : workers_) cancelled += worker->thread.join() ? 1 : 0;
  workers_.clear();
  const seam::Lock lock(mutex_);
  while (take_last(notes_.to_join, &Worker::noted_before)) {
  }
  alive_ = 0;
  cancelled_ += cancelled;
  notes_ = {};
  idle_.clear();
}

void WorkerPool::requeue(std::shared_ptr<Request> request) {
  if (request->needs_own_thread() && start_worker(request, true)) return;
  {
    const seam::Lock lock(mutex_);
    if (give_to_idle(request)) return;
    // It was admitted before; a full queue is no reason to refuse it now.
    queue_.push_back(std::move(request));
  }
  staff_queue();
}

bool WorkerPool::give_to_idle(std::shared_ptr<Request>& request) {
  if (idle_.empty()) return false;
  const WorkerRef worker = std::move(idle_.back());
  idle_.pop_back();
  worker->next = std::move(request);
  worker->wake.notify();
  return true;
}

// ── Any thread ──────────────────────────────────────────────────────────────────────────────────

void WorkerPool::end_queued(std::shared_ptr<Request> request) {
  {
    const seam::Lock lock(mutex_);
    std::erase(queue_, request);
    add(notes_.to_end, &Request::noted_before_, std::move(request));
  }
  call_boss_();
}

void WorkerPool::deliver_cancel(std::shared_ptr<Request> request) {
  {
    const seam::Lock lock(mutex_);
    add(notes_.to_cancel, &Request::noted_before_, std::move(request));
  }
  call_boss_();
}

WorkerPool::Counts WorkerPool::counts() const {
  const seam::Lock lock(mutex_);
  return {alive_, started_, cancelled_, queue_.size()};
}

// ── A worker's thread ───────────────────────────────────────────────────────────────────────────

void WorkerPool::work(const WorkerRef& self) {
  const std::shared_ptr<seam::Thread> thread(self, &self->thread);
  while (std::shared_ptr<Request> request = next_request(self)) {
    request->run(thread);
    if (self->own_thread) return;
  }
}

std::shared_ptr<Request> WorkerPool::next_request(const WorkerRef& self) {
  const seam::Lock lock(mutex_);
  for (;;) {
    if (self->next) return std::exchange(self->next, nullptr);
    if (!queue_.empty()) {
      std::shared_ptr<Request> next = std::move(queue_.front());
      queue_.pop_front();
      return next;
    }
    if (self->retire) return nullptr;
    idle_.push_back(self);
    if (!wait_idle(self)) return nullptr;
  }
}

/// False when the worker has been idle for long enough, and has taken itself off the list.
bool WorkerPool::wait_idle(const WorkerRef& self) {
  const seam::Time until = seam::now() + options_.idle;
  while (!self->next && !self->retire) {
    if (self->wake.wait_until(mutex_, until)) continue;
    if (self->next) break;
    std::erase(idle_, self);
    return self->retire;
  }
  std::erase(idle_, self);
  return true;
}

void WorkerPool::leave(const WorkerRef& self) noexcept {
  {
    const seam::Lock lock(mutex_);
    add(notes_.to_join, &Worker::noted_before, self);
  }
  call_boss_();
}

}  // namespace cancel
