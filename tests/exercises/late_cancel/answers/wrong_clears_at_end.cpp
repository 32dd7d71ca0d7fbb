// Wrong: clears the flag when a job ends, but the flag may be set after that.
// Says: A cancel of job 1 stopped job 2
#include "worker.hpp"

void Worker::perform(Job& job) {
  {
    const seam::Lock lock(mutex_);
    current_ = &job;
  }
  job.stage.start();
  for (int step = 1; step <= 2 && !job.stopped; ++step) job.stopped = cancelled_.load();
  if (!job.stopped) job.stage.answer();
  const seam::Lock lock(mutex_);
  current_ = nullptr;
  cancelled_.store(false);
}

cancel::Verdict Worker::cancel(int number) {
  {
    const seam::Lock lock(mutex_);
    if (current_ == nullptr || current_->number != number) return cancel::Verdict::invalid;
  }
  cancelled_.store(true);
  return cancel::Verdict::cancelled;
}
