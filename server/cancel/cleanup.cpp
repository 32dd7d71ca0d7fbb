#include "server/cancel/cleanup.hpp"

#include <utility>

#include "server/cancel/request.hpp"
#include "server/seam/require.hpp"

namespace cancel {

namespace {

using Cleaning = seam::Scheduler::Cleaning;

void tell_scheduler(const Request* request, const Cleanup* entry, Cleaning what) {
  if (seam::scheduler != nullptr) seam::scheduler->cleanup(request, entry, what);
}

}  // namespace

Cleanup::Cleanup(Request& request, CleanupName name, Routine routine, void* argument)
    : request_(&request), name_(name), routine_(routine), argument_(argument) {
  tell_scheduler(request_, this, Cleaning::pushed);
  const seam::Lock lock(request.stack_mutex_);
  below_ = request.cleanup_;
  request.cleanup_ = this;
}

Cleanup::~Cleanup() {
  if (request_ != nullptr) pop(true);
}

void Cleanup::pop(bool execute) {
  Request* const request = std::exchange(request_, nullptr);
  tell_scheduler(request, this, Cleaning::popped);
  {
    const seam::Lock lock(request->stack_mutex_);
    seam::require(request->cleanup_ == this, "cleanup entries are popped in reverse order");
    request->cleanup_ = below_;
  }
  if (!execute) return;
  tell_scheduler(request, this, Cleaning::runs);
  routine_(argument_);
}

}  // namespace cancel
