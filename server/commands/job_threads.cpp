#include "server/commands/job_threads.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace commands {

JobThreads::JobThreads(std::size_t threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    auto next = std::make_unique<Thread>();
    Thread& self = *next;
    if (!next->thread.start([this, &self] { run(self); })) {
      stop();
      throw std::runtime_error("the system has no thread to give; raise its limit on processes");
    }
    threads_.push_back(std::move(next));
  }
}

JobThreads::~JobThreads() {
  stop();
}

void JobThreads::stop() {
  {
    const seam::Lock lock(mutex_);
    stopping_ = true;
    wake_all();
  }
  for (const auto& thread : threads_) thread->thread.join();
  threads_.clear();
}

void JobThreads::submit(Job job, std::int64_t key) {
  const seam::Lock lock(mutex_);
  jobs_.push_back({std::move(job), key});
  for (const auto& thread : threads_) {
    if (!std::exchange(thread->sleeping, false)) continue;
    thread->wake.notify();
    return;
  }
}

std::size_t JobThreads::waiting() const {
  const seam::Lock lock(mutex_);
  return jobs_.size();
}

bool JobThreads::idle() const {
  const seam::Lock lock(mutex_);
  return running_ == 0 && jobs_.empty();
}

void JobThreads::run(Thread& self) {
  for (;;) {
    Waiting next{};
    {
      const seam::Lock lock(mutex_);
      while (!take(self, next)) {
        if (stopping_ && jobs_.empty()) return;
        self.sleeping = true;
        self.wake.wait(mutex_);
        self.sleeping = false;
      }
    }
    next.job();
    next.job = nullptr;  // destroys what the job owns before it counts as done
    done(self);
  }
}

void JobThreads::done(Thread& self) {
  const seam::Lock lock(mutex_);
  --running_;
  self.key = 0;
  // A thread that found only jobs with busy keys is asleep, and has to see that no job is left.
  if (stopping_) wake_all();
}

void JobThreads::wake_all() {
  for (const auto& thread : threads_) thread->wake.notify();
}

bool JobThreads::take(Thread& self, Waiting& next) {
  for (auto at = jobs_.begin(); at != jobs_.end(); ++at) {
    if (!may_run(at->key)) continue;
    next = std::move(*at);
    jobs_.erase(at);
    self.key = next.key;
    ++running_;
    return true;
  }
  return false;
}

bool JobThreads::may_run(std::int64_t key) const {
  const auto runs = [key](const auto& thread) { return thread->key == key; };
  return key == 0 || std::none_of(threads_.begin(), threads_.end(), runs);
}

}  // namespace commands
