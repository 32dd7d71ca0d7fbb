#include "server/cancel/cleanup.hpp"

#include <utility>

#include "server/cancel/points.hpp"
#include "server/cancel/request.hpp"
#include "server/seam/require.hpp"

namespace cancel {
namespace {

using Cleaning = seam::Scheduler::Cleaning;

void show_scheduler(const CleanupStack* stack, const Cleanup* entry, Cleaning what) {
  if (seam::scheduler != nullptr) seam::scheduler->cleanup(stack, entry, what);
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
    : stack_(&request.cleanup_), name_(name), routine_(routine), argument_(argument) {
  show_scheduler(stack_, this, Cleaning::pushed);
  stack_->push(*this);
}

Cleanup::~Cleanup() {
  if (stack_ != nullptr) pop(true);
}

void Cleanup::pop(bool execute) {
  CleanupStack* const stack = std::exchange(stack_, nullptr);
  show_scheduler(stack, this, Cleaning::popped);
  stack->pop(*this);
  if (!execute) return;
  show_scheduler(stack, this, Cleaning::runs);
  routine_(argument_);
}

}  // namespace cancel
