#include "server/commands/job_threads.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace commands {

JobThreads::JobThreads(std::size_t threads) : threads_(threads) {
  for (Thread& each : threads_) {
    if (each.thread.start([this, &each] { run(each); })) continue;
    stop();
    throw std::runtime_error("the system has no thread to give; raise its limit on processes");
  }
}

JobThreads::~JobThreads() {
  stop();
}

void JobThreads::stop() {
  {
    const seam::Lock lock(mutex_);
    stopping_ = true;
    for (Thread& each : threads_) each.wake.notify();
  }
  for (Thread& each : threads_) {
    if (each.thread.started()) each.thread.join();
  }
}

void JobThreads::submit(Job job, std::int64_t key) {
  const seam::Lock lock(mutex_);
  jobs_.push_back({std::move(job), key});
  for (Thread& each : threads_) {
    if (!std::exchange(each.sleeping, false)) continue;
    each.wake.notify();
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
  while (Job job = next(self)) {
    job();
    job = nullptr;  // destroys what the job owns before it counts as done
    const seam::Lock lock(mutex_);
    --running_;
    self.key = 0;
    // A thread that found only jobs with busy keys is asleep, and has to see that no job is left.
    for (Thread& each : threads_) {
      if (stopping_) each.wake.notify();
    }
  }
}

/// Blocks until there is a job for this thread. Returns an empty one if the thread is to end.
JobThreads::Job JobThreads::next(Thread& self) {
  const seam::Lock lock(mutex_);
  for (;;) {
    if (Job job = take(self)) return job;
    if (stopping_ && jobs_.empty()) return nullptr;
    self.sleeping = true;
    self.wake.wait(mutex_);
    self.sleeping = false;
  }
}

/// Takes the first job whose key is free. Returns an empty one if there is none.
JobThreads::Job JobThreads::take(Thread& self) {
  const auto may_run = [this](const Waiting& job) {
    const auto runs = [&job](const Thread& each) { return each.key == job.key; };
    return job.key == 0 || std::none_of(threads_.begin(), threads_.end(), runs);
  };
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), may_run);
  if (found == jobs_.end()) return nullptr;
  self.key = found->key;
  ++running_;
  Job job = std::move(found->job);
  jobs_.erase(found);
  return job;
}

}  // namespace commands
