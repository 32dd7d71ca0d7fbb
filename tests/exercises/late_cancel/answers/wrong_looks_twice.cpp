// Wrong: looks again just before it sets the flag; the worker may go on after the second look.
// Says: A cancel of job 1 stopped job 2
#include "worker.hpp"

void Worker::perform(Job& job) {
  {
    const seam::Lock lock(mutex_);
    current_ = &job;
  }
  job.stage.start();
  cancelled_.store(false);
  for (int step = 1; step <= 2 && !job.stopped; ++step) job.stopped = cancelled_.load();
  if (!job.stopped) job.stage.answer();
  const seam::Lock lock(mutex_);
  current_ = nullptr;
}

cancel::Verdict Worker::cancel(int number) {
  for (int look = 1; look <= 2; ++look) {
    const seam::Lock lock(mutex_);
    if (current_ == nullptr || current_->number != number) return cancel::Verdict::invalid;
  }
  cancelled_.store(true);
  return cancel::Verdict::cancelled;
}
