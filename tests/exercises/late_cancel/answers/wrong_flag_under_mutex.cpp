// Wrong: the flag no longer hits the next job, but may come after the last step of its own.
// Says: The canceller received CANCELLED, but the job was done
#include "worker.hpp"

void Worker::perform(Job& job) {
  {
    const seam::Lock lock(mutex_);
    current_ = &job;
    cancelled_.store(false);
  }
  job.stage.start();
  for (int step = 1; step <= 2 && !job.stopped; ++step) job.stopped = cancelled_.load();
  if (!job.stopped) job.stage.answer();
  const seam::Lock lock(mutex_);
  current_ = nullptr;
}

cancel::Verdict Worker::cancel(int number) {
  const seam::Lock lock(mutex_);
  if (current_ == nullptr || current_->number != number) return cancel::Verdict::invalid;
  cancelled_.store(true);
  return cancel::Verdict::cancelled;
}
