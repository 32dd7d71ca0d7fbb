#include "tests/cancel/explored.hpp"

namespace explored {

void Boss::attend() {
  for (;;) {
    std::vector<std::shared_ptr<cancel::Request>> to_end;
    std::vector<std::shared_ptr<cancel::Request>> to_deliver;
    {
      const seam::Lock lock(mutex_);
      while (left_ > 0 && to_end_.empty() && to_deliver_.empty()) called_.wait(mutex_);
      to_end.swap(to_end_);
      to_deliver.swap(to_deliver_);
    }
    if (to_end.empty() && to_deliver.empty()) return;
    for (const auto& request : to_end) request->end_unstarted();
    for (const auto& request : to_deliver) request->post_cancel();
  }
}

void Boss::one_is_gone() {
  const seam::Lock lock(mutex_);
  --left_;
  called_.notify();
}

void Boss::end_queued(std::shared_ptr<cancel::Request> request) {
  const seam::Lock lock(mutex_);
  to_end_.push_back(std::move(request));
  called_.notify();
}

void Boss::deliver(std::shared_ptr<cancel::Request> request) {
  const seam::Lock lock(mutex_);
  to_deliver_.push_back(std::move(request));
  called_.notify();
}

}  // namespace explored
