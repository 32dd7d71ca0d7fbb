#include "server/cancel/cleanup.hpp"

#include <utility>

#include "server/cancel/points.hpp"
#include "server/cancel/request.hpp"
#include "server/seam/require.hpp"

namespace cancel {
namespace {

using Cleaning = seam::Scheduler::Cleaning;

void show_scheduler(const CleanupStack& stack, const Cleanup* entry, Cleaning what) {
  if (seam::scheduler != nullptr) seam::scheduler->cleanup(&stack, entry, what);
}

}  // namespace

void CleanupStack::push(Cleanup& entry) {
  push_due_ = false;
  if constexpr (without_cancellation) return;
  const seam::Lock lock(mutex_);
  entry.below_ = top_;
  top_ = &entry;
}

void CleanupStack::pop(Cleanup& entry) {
  if constexpr (without_cancellation) return;
  const seam::Lock lock(mutex_);
  seam::require(top_ == &entry, "cleanup entries are popped in reverse order");
  top_ = entry.below_;
}

std::vector<CleanupName> CleanupStack::names() const {
  std::vector<CleanupName> found;
  const seam::Lock lock(mutex_);
  for (const Cleanup* entry = top_; entry != nullptr; entry = entry->below_) {
    found.push_back(entry->name_);
  }
  return found;
}

Cleanup::Cleanup(Request& request, CleanupName name, Routine routine, void* argument)
    : request_(&request), name_(name), routine_(routine), argument_(argument) {
  show_scheduler(request.cleanup_, this, Cleaning::pushed);
  request.cleanup_.push(*this);
  request.show_cleanup(Occurrence::Kind::pushed, name_);
}

Cleanup::~Cleanup() {
  if (request_ != nullptr) pop(true);
}

void Cleanup::pop(bool execute) {
  Request& request = *std::exchange(request_, nullptr);
  show_scheduler(request.cleanup_, this, Cleaning::popped);
  request.cleanup_.pop(*this);
  request.show_cleanup(execute ? Occurrence::Kind::ran : Occurrence::Kind::popped, name_);
  if (!execute) return;
  show_scheduler(request.cleanup_, this, Cleaning::runs);
  routine_(argument_);
}

}  // namespace cancel
