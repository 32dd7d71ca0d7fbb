#include "tests/cancel/explored.hpp"

namespace explored {

void Owner::run_posted() {
  for (;;) {
    std::vector<std::shared_ptr<cancel::Request>> to_end;
    std::vector<std::shared_ptr<cancel::Request>> to_cancel;
    {
      const seam::Lock lock(mutex_);
      while (left_ > 0 && to_end_.empty() && to_cancel_.empty()) called_.wait(mutex_);
      to_end.swap(to_end_);
      to_cancel.swap(to_cancel_);
    }
    if (to_end.empty() && to_cancel.empty()) return;
    for (const auto& request : to_end) request->end_unstarted();
    for (const auto& request : to_cancel) request->post_cancel();
  }
}

void Owner::one_is_gone() {
  const seam::Lock lock(mutex_);
  --left_;
  called_.notify();
}

void Owner::end_queued(std::shared_ptr<cancel::Request> request) {
  const seam::Lock lock(mutex_);
  to_end_.push_back(std::move(request));
  called_.notify();
}

void Owner::deliver_cancel(std::shared_ptr<cancel::Request> request) {
  const seam::Lock lock(mutex_);
  to_cancel_.push_back(std::move(request));
  called_.notify();
}

}  // namespace explored
