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

void Condition::wait(Mutex& mutex) UNCHECKED_LOCKING {
  if (scheduler == nullptr) {
    pthread_cond_wait(&native_, &mutex.native_);
    return;
  }
  pthread_mutex_unlock(&mutex.native_);
  scheduler->wait(this, &mutex, false, nullptr);
  pthread_mutex_lock(&mutex.native_);
}

bool Condition::wait_until(Mutex& mutex, Time deadline) UNCHECKED_LOCKING {
  if (scheduler == nullptr) {
    const timespec until = native(deadline);
    return pthread_cond_timedwait(&native_, &mutex.native_, &until) != ETIMEDOUT;
  }
  pthread_mutex_unlock(&mutex.native_);
  const Woken woken = scheduler->wait(this, &mutex, false, &deadline);
  pthread_mutex_lock(&mutex.native_);
  return woken != Woken::timed_out;
}

void Condition::wait_in_window(Mutex& mutex) UNCHECKED_LOCKING {
  if (scheduler == nullptr) {
    window_wait(&native_, &mutex.native_);
    return;
  }
  pthread_mutex_unlock(&mutex.native_);
  const Woken woken = scheduler->wait(this, &mutex, true, nullptr);
  pthread_mutex_lock(&mutex.native_);
  // The scheduler chose the cancel, which is pending: the window acts on it at once.
  if (woken == Woken::cancelled) window_wait(&native_, &mutex.native_);
}

void Condition::notify() noexcept {
  if (scheduler != nullptr) scheduler->notify(this);
  pthread_cond_signal(&native_);
}

}  // namespace seam
