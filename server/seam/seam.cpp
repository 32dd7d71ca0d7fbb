#include "server/seam/seam.hpp"

#include <cerrno>
#include <ctime>
#include <new>
#include <utility>

#include "server/seam/window.hpp"

namespace seam {

Time now() {
  if (scheduler != nullptr) return scheduler->now();
  return std::chrono::steady_clock::now();
}

std::int64_t wall_clock() {
  const auto since = scheduler != nullptr ? scheduler->now().time_since_epoch()
                                          : std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

Mutex::~Mutex() {
  pthread_mutex_destroy(&native_);
}

void Mutex::lock(Part part) {
  if (scheduler != nullptr) scheduler->acquire(this, part);
  pthread_mutex_lock(&native_);
}

void Mutex::unlock() {
  pthread_mutex_unlock(&native_);
  if (scheduler != nullptr) scheduler->release(this);
}

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
    // steady_clock is CLOCK_MONOTONIC here, the clock the condition was made with.
    const auto since =
        std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
    const timespec until{static_cast<time_t>(since / 1'000'000'000),
                         static_cast<long>(since % 1'000'000'000)};
    return pthread_cond_timedwait(&native_, &mutex.native_, &until) != ETIMEDOUT;
  }
  pthread_mutex_unlock(&mutex.native_);
  const Woken woken = scheduler->wait(this, &mutex, false, &deadline);
  pthread_mutex_lock(&mutex.native_);
  return woken != Woken::timed_out;
}

void Condition::wait_in_window(Mutex& mutex) UNCHECKED_LOCKING {
  if (scheduler == nullptr) {
    seam::window_wait(&native_, &mutex.native_);
    return;
  }
  pthread_mutex_unlock(&mutex.native_);
  const Woken woken = scheduler->wait(this, &mutex, true, nullptr);
  pthread_mutex_lock(&mutex.native_);
  if (woken == Woken::cancelled) seam::window_test();
}

void Condition::notify() {
  if (scheduler != nullptr) scheduler->notify(this);
  pthread_cond_signal(&native_);
}

void die_in_window() {
  if (scheduler != nullptr) scheduler->await_cancel();
  for (;;) seam::window_await();
}

struct Thread::Start {
  std::function<void()> body;
  Scheduler* scheduler;
  std::uint64_t token;
};

namespace {
/// The thread's first and last acts under a scheduler, also when the stack unwinds by force.
struct Attendance {
  explicit Attendance(std::uint64_t thread) : token(thread) {
    if (scheduler != nullptr) scheduler->enter(token);
  }
  ~Attendance() {
    if (scheduler != nullptr) scheduler->leave(token);
  }
  Attendance(const Attendance&) = delete;
  Attendance& operator=(const Attendance&) = delete;
  std::uint64_t token;
};
}  // namespace

void* Thread::run(void* raw) {
  seam::disable_cancellation();
  const std::unique_ptr<Start> start(static_cast<Start*>(raw));
  scheduler = start->scheduler;
  const Attendance attendance(start->token);
  // What the body owns goes while the thread is still attended: it may pass through the seam.
  const std::function<void()> body = std::move(start->body);
  body();
  return nullptr;
}

Thread::~Thread() {
  // A thread nobody joins would outlive what it uses: a mistake of ours, never a client's.
  if (started_) std::terminate();
}

bool Thread::start(std::function<void()> body) {
  std::unique_ptr<Start> start(new (std::nothrow) Start{std::move(body), scheduler, 0});
  if (!start) return false;
  if (scheduler != nullptr) token_ = start->token = scheduler->create();
  if (pthread_create(&native_, nullptr, &Thread::run, start.get()) != 0) {
    if (scheduler != nullptr) scheduler->leave(token_);
    return false;
  }
  (void)start.release();
  started_ = true;
  return true;
}

bool Thread::join() {
  if (scheduler != nullptr) scheduler->join(token_);
  void* result = nullptr;
  pthread_join(native_, &result);
  started_ = false;
  return result == PTHREAD_CANCELED;
}

void Thread::cancel() {
  pthread_cancel(native_);
  if (scheduler != nullptr) scheduler->cancel(token_);
}

}  // namespace seam
