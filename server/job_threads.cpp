#include "server/job_threads.hpp"

#include <stdexcept>
#include <utility>

namespace server {

JobThreads::JobThreads(std::size_t threads) {
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
    for (const auto& thread : threads_) thread->wake.notify();
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
      while (!take(next)) {
        if (stopping_ && jobs_.empty()) return;
        self.sleeping = true;
        self.wake.wait(mutex_);
        self.sleeping = false;
      }
    }
    next.job();
    next.job = nullptr;  // what the job refers to is let go before it counts as done
    const seam::Lock lock(mutex_);
    --running_;
    busy_keys_.erase(next.key);
  }
}

bool JobThreads::take(Waiting& next) {
  for (auto at = jobs_.begin(); at != jobs_.end(); ++at) {
    if (at->key != 0 && !busy_keys_.insert(at->key).second) continue;
    next = std::move(*at);
    jobs_.erase(at);
    ++running_;
    return true;
  }
  return false;
}

}  // namespace server
