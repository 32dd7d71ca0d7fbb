#include "server/seam/condition.hpp"

#include <cerrno>
#include <ctime>

#include "server/seam/window.hpp"

namespace seam {
namespace {

/// The moment as pthread_cond_timedwait takes it. steady_clock is CLOCK_MONOTONIC here.
timespec native(Time moment) {
  const auto since =
      std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time_since_epoch()).count();
  return {static_cast<time_t>(since / 1'000'000'000), static_cast<long>(since % 1'000'000'000)};
}

}  // namespace

Condition::Condition() {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&native_, &attributes);
  pthread_condattr_destroy(&attributes);
}

Condition::~Condition() {
  pthread_cond_destroy(&native_);
}

Woken Condition::scheduled_wait(Mutex& mutex, bool cancellable,
                                const Time* deadline) UNCHECKED_LOCKING {
  pthread_mutex_unlock(&mutex.native_);
  const Woken woken = scheduler->wait(this, &mutex, cancellable, deadline);
  pthread_mutex_lock(&mutex.native_);
  return woken;
}

void Condition::wait(Mutex& mutex) {
  if (scheduler != nullptr) {
    scheduled_wait(mutex, false, nullptr);
  } else {
    pthread_cond_wait(&native_, &mutex.native_);
  }
}

bool Condition::wait_until(Mutex& mutex, Time deadline) {
  if (scheduler != nullptr) return scheduled_wait(mutex, false, &deadline) != Woken::timed_out;
  const timespec until = native(deadline);
  return pthread_cond_timedwait(&native_, &mutex.native_, &until) != ETIMEDOUT;
}

void Condition::wait_in_window(Mutex& mutex) {
  // If the scheduler chose a cancel, it is pending, and the window acts on it at once.
  if (scheduler != nullptr && scheduled_wait(mutex, true, nullptr) != Woken::cancelled) return;
  window_wait(&native_, &mutex.native_);
}

void Condition::notify() noexcept {
  if (scheduler != nullptr) scheduler->notify(this);
  pthread_cond_signal(&native_);
}

}  // namespace seam
