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
  Request& request = *request_;
  // From here on the request is being cleaned up: whatever the routines pass is no point for it.
  if (request.stage() == Stage::cancelling) request.unwinding_ = true;
  {
    const seam::Lock lock(request.mutex_);
    if (request.cleanup_ != this) std::terminate();
    request.cleanup_ = below_;
  }
  request_ = nullptr;
  if (execute) routine_(argument_);
}

}  // namespace cancel
