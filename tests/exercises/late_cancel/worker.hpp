#pragma once

#include "server/cancel/stage.hpp"
#include "server/cancel/verdict.hpp"
#include "server/seam/seam.hpp"

/// A job of two steps. The worker's thread changes what is not atomic.
struct Job {
  explicit Job(int its_number) : number(its_number) {}
  const int number;
  cancel::StageWord stage;  // queued → running → answered, or cancelling
  bool stopped = false;     // a cancel ended it before its last step
};

/// Performs one job after the other, as a connection of a database server performs its queries.
class Worker {
 public:
  /// Performs the job, or stops it if it is cancelled meanwhile. The worker's thread.
  void perform(Job& job);
  /// Cancels the job of this number if it is under way. Returns `cancelled` if and only if that job
  /// stops because of this call; otherwise too_late or invalid. Any thread.
  cancel::Verdict cancel(int number);

 private:
  seam::Mutex mutex_;
  Job* current_ GUARDED_BY(mutex_) = nullptr;
  seam::Atomic<bool> cancelled_{false};
};
