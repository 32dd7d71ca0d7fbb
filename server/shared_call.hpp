#pragma once

/// A job of the boss that any thread may request. Requests that arrive before the job begins share
/// one run; the boss is not woken for each.

#include <functional>
#include <utility>

#include "server/seam/seam.hpp"

namespace server {

class SharedCall {
 public:
  using Job = std::function<void()>;

  /// `post` runs what it is given on the boss's thread, soon, and never blocks. This object
  /// outlives what it has posted.
  SharedCall(std::function<void(Job)> post, Job job)
      : post_(std::move(post)), job_(std::move(job)) {}

  /// The job begins after this call. Never blocks. Any thread.
  void request() noexcept {
    bool posted = false;
    if (!posted_.compare_exchange(posted, true)) return;
    post_([this] {
      posted_.store(false);  // first, since the job may miss what is requested while it runs
      job_();
    });
  }

 private:
  const std::function<void(Job)> post_;
  const Job job_;
  seam::Atomic<bool> posted_{false};
};

}  // namespace server
