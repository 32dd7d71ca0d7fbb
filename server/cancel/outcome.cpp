#include "server/cancel/outcome.hpp"

#include <utility>

#include "server/seam/require.hpp"

namespace cancel {

/// The swap alone would do. Under the mutex no start lies between a canceller's look at the stage
/// and its swap, which leaves the tests fewer orders to search.
bool Outcome::start() {
  const seam::Lock lock(mutex_);
  return stage_.start();
}

CancelAttempt Outcome::cancel(CancelOrder order, VerdictCallback& on_verdict,
                              std::optional<Verdict>& decided) {
  const seam::Lock lock(mutex_);
  const CancelAttempt attempt = stage_.cancel();
  if (attempt.won) {
    order_ = std::move(order);
    cancellers_.winner = std::move(on_verdict);
  } else if (attempt.found == Stage::cancelling) {
    cancellers_.later.push_back(std::move(on_verdict));
  } else {
    decided = attempt.found == Stage::cancelled ? *later_verdict_ : Verdict::too_late;
  }
  return attempt;
}

const CancelOrder* Outcome::order() const {
  const seam::Lock lock(mutex_);
  return order_ ? &*order_ : nullptr;
}

void Outcome::on_finished(Callback callback) {
  {
    const seam::Lock lock(mutex_);
    if (!finished_) {
      when_finished_.push_back(std::move(callback));
      return;
    }
  }
  [&]() noexcept { callback(); }();
}

Cancellers Outcome::close(Verdict verdict) {
  const seam::Lock lock(mutex_);
  later_verdict_ = verdict;
  stage_.end(Stage::cancelled);
  return std::move(cancellers_);
}

void Outcome::finish() noexcept {
  std::vector<Callback> callbacks;
  {
    const seam::Lock lock(mutex_);
    seam::require(!finished_, "a request finishes once");
    finished_ = true;
    callbacks.swap(when_finished_);
  }
  for (const Callback& callback : callbacks) callback();
}

}  // namespace cancel
