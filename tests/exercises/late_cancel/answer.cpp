#include "tests/exercises/trial.hpp"
#include "worker.hpp"

void Worker::perform(Job& job) {
  {
    const seam::Lock lock(mutex_);
    current_ = &job;
  }
  job.stage.start();
  cancelled_.store(false);
  for (int step = 1; step <= 2 && !job.stopped; ++step) {
    exercise::note(job.number == 1 ? "a step of job 1" : "a step of job 2");
    job.stopped = cancelled_.load();
  }
  if (!job.stopped) job.stage.answer();
  const seam::Lock lock(mutex_);
  current_ = nullptr;
}

cancel::Verdict Worker::cancel(int number) {
  {
    const seam::Lock lock(mutex_);
    if (current_ == nullptr || current_->number != number) return cancel::Verdict::invalid;
  }
  cancelled_.store(true);
  return cancel::Verdict::cancelled;
}
