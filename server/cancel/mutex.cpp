#include "server/cancel/mutex.hpp"

namespace cancel {

void CancellableMutex::lock(Request& request) {
  Waiter waiter{*this, request};
  {
    const seam::Lock lock(mutex_);
    if (!owned_) {
      owned_ = true;
      return;
    }
    (last_ == nullptr ? first_ : last_->next) = &waiter;
    last_ = &waiter;
  }
  Cleanup leave(request, {names_.stop_waiting, subject_}, &stop_waiting, &waiter);
  request.wait_until([&waiter] { return waiter.granted; }, names_.waiting, subject_);
  leave.pop(false);
}

void CancellableMutex::unlock() noexcept {
  const seam::Lock lock(mutex_);
  hand_over();
}

void CancellableMutex::hand_over() {
  Waiter* const next = first_;
  if (next == nullptr) {
    owned_ = false;
    return;
  }
  first_ = next->next;
  if (first_ == nullptr) last_ = nullptr;
  // The waiter cannot leave before mutex_ is free again: were it cancelled now, it would come here
  // and find itself granted.
  next->request.wake([next] { next->granted = true; });
}

void CancellableMutex::stop_waiting(void* argument) noexcept {
  Waiter& waiter = *static_cast<Waiter*>(argument);
  CancellableMutex& mutex = waiter.mutex;
  const seam::Lock lock(mutex.mutex_);
  if (waiter.granted) {
    mutex.hand_over();
    return;
  }
  Waiter* before = nullptr;
  Waiter* at = mutex.first_;
  while (at != &waiter) {
    before = at;
    at = at->next;
  }
  (before == nullptr ? mutex.first_ : before->next) = waiter.next;
  if (mutex.last_ == &waiter) mutex.last_ = before;
}

CancellableMutex& MutexOwner::locked(Request& request, CancellableMutex& mutex) {
  mutex.lock(request);
  return mutex;
}

// The members are initialized in this order: granted, then pushed. No cancellation point may ever
// stand between the two, nor before the end of this constructor.
MutexOwner::MutexOwner(Request& request, CancellableMutex& mutex)
    : mutex_(locked(request, mutex)),
      unlock_(
          request, {mutex.names().unlock, mutex.subject(), !mutex.names().waiting.empty()},
          [](void* argument) noexcept { static_cast<CancellableMutex*>(argument)->unlock(); },
          &mutex_) {}

}  // namespace cancel
