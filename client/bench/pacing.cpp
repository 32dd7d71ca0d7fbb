#include "client/bench/pacing.hpp"

namespace client::bench {

Pacing::Pacing(const Plan& plan, Time start)
    : plan_(plan),
      measured_from_(start + plan.warm_up),
      random_(plan.seed),
      interval_(static_cast<double>(plan.rate.value_or(1))),
      next_(start) {}

std::optional<Pacing::Time> Pacing::take(Time now) {
  const Time due = plan_.rate ? next_ : now;
  if (due > now || is_over(now)) return std::nullopt;
  ++taken_;
  advance();
  return due;
}

Until Pacing::next() const {
  // Without a rate this is the start: always due.
  if (is_over(plan_.rate ? next_ : Clock::now())) return std::nullopt;
  return next_;
}

std::int64_t Pacing::take_missed(Time now) {
  if (!plan_.rate || plan_.requests || !is_over(now)) return 0;
  std::int64_t missed = 0;
  for (; !is_over(next_); advance()) {
    ++missed;
  }
  return missed;
}

bool Pacing::is_over(Time due) const {
  return plan_.requests ? taken_ >= *plan_.requests : due >= measured_from_ + plan_.time;
}

void Pacing::advance() {
  if (!plan_.rate) return;
  const std::chrono::duration<double> interval(interval_(random_));
  next_ += std::chrono::duration_cast<Clock::duration>(interval);
}

}  // namespace client::bench
