#include "server/cancel/cleanup.hpp"

#include <exception>

#include "server/cancel/request.hpp"

namespace cancel {

Cleanup::Cleanup(Request& request, CleanupName name, Routine routine, void* argument)
    : request_(&request), name_(name), routine_(routine), argument_(argument) {
  const seam::Lock lock(request.mutex_);
  below_ = request.cleanup_;
  request.cleanup_ = this;
}

Cleanup::~Cleanup() {
  if (request_ != nullptr) pop(true);
}

void Cleanup::pop(bool execute) {
  {
    const seam::Lock lock(request_->mutex_);
    if (request_->cleanup_ != this) std::terminate();
    request_->cleanup_ = below_;
  }
  request_ = nullptr;
  if (execute) routine_(argument_);
}

}  // namespace cancel
