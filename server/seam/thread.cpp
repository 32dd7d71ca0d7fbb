#include "server/seam/thread.hpp"

#include <memory>
#include <utility>

#include "server/seam/require.hpp"
#include "server/seam/scheduler.hpp"
#include "server/seam/scope_exit.hpp"
#include "server/seam/window.hpp"

namespace seam {

struct Thread::Start {
  std::function<void()> body;
  Scheduler* scheduler;
  std::uint64_t token;
};

void* Thread::run(void* raw) {
  disable_cancellation();
  const std::unique_ptr<Start> start(static_cast<Start*>(raw));
  scheduler = start->scheduler;
  const std::uint64_t token = start->token;
  if (scheduler != nullptr) scheduler->enter(token);
  const ScopeExit leave([token] {
    if (scheduler != nullptr) scheduler->leave(token);
  });
  // Destroying what the body owns may pass through the seam, so it happens before leave().
  const std::function<void()> body = std::move(start->body);
  body();
  return nullptr;
}

Thread::~Thread() {
  require(!started_, "a thread is joined before it is destroyed");
}

bool Thread::start(std::function<void()> body) {
  auto start = std::make_unique<Start>(Start{std::move(body), scheduler, 0});
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
