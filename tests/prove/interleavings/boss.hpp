#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "server/cancel/request.hpp"

namespace interleavings {

/// Delivers cancels, and ends what never had a thread, until all others have ended.
class Boss final : public cancel::Boss {
 public:
  void attend() {
    for (;;) {
      std::vector<std::shared_ptr<cancel::Request>> to_end;
      std::vector<std::shared_ptr<cancel::Request>> to_deliver;
      {
        const seam::Lock lock(mutex_);
        while (!stopped_ && to_end_.empty() && to_deliver_.empty()) called_.wait(mutex_);
        to_end.swap(to_end_);
        to_deliver.swap(to_deliver_);
      }
      if (to_end.empty() && to_deliver.empty()) return;
      for (const auto& request : to_end) request->end_unstarted();
      for (const auto& request : to_deliver) request->post_cancel();
    }
  }
  void stop() {
    const seam::Lock lock(mutex_);
    stopped_ = true;
    called_.notify();
  }

  void end_queued(std::shared_ptr<cancel::Request> request) override {
    const seam::Lock lock(mutex_);
    to_end_.push_back(std::move(request));
    called_.notify();
  }
  void deliver(std::shared_ptr<cancel::Request> request) override {
    const seam::Lock lock(mutex_);
    to_deliver_.push_back(std::move(request));
    called_.notify();
  }
  void let_go(std::shared_ptr<cancel::Request>) override {}

 private:
  seam::Mutex mutex_;
  seam::Condition called_;
  std::vector<std::shared_ptr<cancel::Request>> to_end_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<cancel::Request>> to_deliver_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace interleavings
