#include "server/cancel/outcome.hpp"

#include <utility>

#include "server/seam/require.hpp"

namespace cancel {

CancelAttempt Outcome::cancel(CancelOrder order, VerdictCallback on_verdict) {
  CancelAttempt attempt{};
  Verdict verdict = Verdict::too_late;
  {
    const seam::Lock lock(mutex_);
    attempt = stage_.cancel();
    if (attempt.won) {
      order_ = std::move(order);
      cancellers_.winner = std::move(on_verdict);
      return attempt;
    }
    if (attempt.found == Stage::cancelling) {
      cancellers_.later.push_back(std::move(on_verdict));
      return attempt;
    }
    if (attempt.found == Stage::cancelled) verdict = *later_verdict_;
  }
  [&]() noexcept { on_verdict(verdict); }();
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

Cancellers Outcome::close(Verdict later) {
  const seam::Lock lock(mutex_);
  later_verdict_ = later;
  stage_.end(Stage::cancelled);
  return std::move(cancellers_);
}

void Outcome::finish() noexcept {
  std::vector<Callback> callbacks;
  {
    const seam::Lock lock(mutex_);
    seam::require(!finished_, "a request is concluded once");
    finished_ = true;
    callbacks.swap(when_finished_);
  }
  for (const Callback& callback : callbacks) callback();
}

}  // namespace cancel
