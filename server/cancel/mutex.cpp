#include "server/cancel/mutex.hpp"

#include "server/cancel/request.hpp"

namespace cancel {

void CancellableMutex::lock(Request& request) {
  Waiter waiter{*this, request};
  if (!acquire_or_enqueue(waiter)) {
    Cleanup leave(request, {names_.stop_waiting, subject_}, &stop_waiting, &waiter);
    request.wait_until([&waiter] { return waiter.granted; }, names_.waiting, subject_);
    leave.pop(false);
  }
  request.expect_push();
}

bool CancellableMutex::acquire_or_enqueue(Waiter& waiter) {
  const seam::Lock lock(mutex_);
  if (owner_ == nullptr) {
    grant(waiter.request);
    return true;
  }
  waiters_.push_back(&waiter);
  return false;
}

void CancellableMutex::grant(Request& request) {
  owner_ = &request;
  show(request, Occurrence::Kind::granted);
}

void CancellableMutex::show(const Request& request, Occurrence::Kind kind) const {
  if (!names_.waiting.empty()) request.show({kind, names_.waiting, subject_});
}

void CancellableMutex::unlock() noexcept {
  const seam::Lock lock(mutex_);
  grant_to_next();
}

void CancellableMutex::grant_to_next() {
  if (owner_ != nullptr) show(*owner_, Occurrence::Kind::released);
  owner_ = nullptr;
  if (waiters_.empty()) return;
  Waiter* const next = waiters_.front();
  waiters_.erase(waiters_.begin());
  // A waiter that is cancelled meanwhile needs mutex_ to leave, so it is still there, and will find
  // itself granted.
  next->request.wake([this, next]() UNCHECKED_LOCKING {
    next->granted = true;
    grant(next->request);  // reported before the waiter can see it, and after its wait
  });
}

void CancellableMutex::stop_waiting(void* argument) noexcept {
  Waiter& waiter = *static_cast<Waiter*>(argument);
  CancellableMutex& mutex = waiter.mutex;
  const seam::Lock lock(mutex.mutex_);
  // A waiter that has left the queue owns the mutex already.
  if (std::erase(mutex.waiters_, &waiter) == 0) mutex.grant_to_next();
}

CancellableMutex& MutexOwner::lock(Request& request, CancellableMutex& mutex) {
  mutex.lock(request);
  return mutex;
}

// The members are initialized in this order: granted, then pushed.
MutexOwner::MutexOwner(Request& request, CancellableMutex& mutex)
    : mutex_(lock(request, mutex)),
      unlock_(
          request, {mutex.names().unlock, mutex.subject(), mutex.names().is_lock},
          [](void* argument) noexcept { static_cast<CancellableMutex*>(argument)->unlock(); },
          &mutex_) {}

}  // namespace cancel
