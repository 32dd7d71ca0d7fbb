// Right: a cancel is a swap of the job's own stage, which decides whether it came in time.
#include "worker.hpp"

void Worker::perform(Job& job) {
  job.stage.start();
  {
    const seam::Lock lock(mutex_);
    current_ = &job;
  }
  for (int step = 1; step <= 2 && !job.stopped; ++step) {
    job.stopped = job.stage.load() == cancel::Stage::cancelling;
  }
  if (!job.stopped) job.stopped = !job.stage.answer();
  const seam::Lock lock(mutex_);
  current_ = nullptr;
}

cancel::Verdict Worker::cancel(int number) {
  const seam::Lock lock(mutex_);
  if (current_ == nullptr || current_->number != number) return cancel::Verdict::invalid;
  return current_->stage.cancel().won ? cancel::Verdict::cancelled : cancel::Verdict::too_late;
}
