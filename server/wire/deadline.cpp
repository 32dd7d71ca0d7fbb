#include "server/wire/deadline.hpp"

namespace wire {

void Deadline::set(const std::shared_ptr<bank::Transaction>& transaction,
                   std::chrono::milliseconds time) {
  transaction_ = transaction;
  deadline_ = time.count() > 0 ? seam::now() + time : none;
  if (deadline_ < fires_at_) arm(deadline_);
}

void Deadline::arm(seam::Time when) {
  fires_at_ = when;
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->fired();
  });
}

void Deadline::fired() {
  fires_at_ = none;
  const auto transaction = transaction_.lock();
  if (!transaction || deadline_ == none) return;
  if (seam::now() < deadline_) return arm(deadline_);
  transaction->cancel(bank::order_of(bank::Reason::deadline), [](cancel::Verdict) {});
}

void Deadline::stop() {
  deadline_ = none;
  timer_.cancel();
}

}  // namespace wire
