/// WorkerPool: threads on demand, up to a bound, and how they end.

#include "server/cancel/workers.hpp"

#include <atomic>

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cancel/crew.hpp"
#include "tests/cancel/forked.hpp"

using cancel::Mechanism;
using cancel::Verdict;
using crew::Work;
using std::chrono::microseconds;

namespace {

/// The counts once all requests have finished.
cancel::WorkerPool::Counts final_counts(crew::Crew& crew) {
  crew.run_until([&] { return crew.table().size() == 0; });
  return crew.workers().counts();
}

std::shared_ptr<Work> start_waiting(crew::Crew& crew) {
  auto work = crew.start([](Work& it) { it.wait_for_ever(); });
  REQUIRE(work != nullptr);
  crew.run_until([&] { return work->view().waiting == "ever"; });
  return work;
}

void cancel_and_forget(crew::Crew& crew, const std::shared_ptr<Work>& work) {
  crew.cancel(work);
  crew.run_until_finished(work);
}

}  // namespace

TEST_CASE("the pool has no thread before the first request, and one for each that runs") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  CHECK(crew.workers().counts().workers == 0);
  const auto one = start_waiting(crew);
  CHECK(crew.workers().counts().workers == 1);
  const auto two = start_waiting(crew);
  CHECK(crew.workers().counts().workers == 2);
  cancel_and_forget(crew, one);
  cancel_and_forget(crew, two);
}

TEST_CASE(
    "beyond the bound of workers requests queue in order; beyond that of the queue they are "
    "refused") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1, .queued = 2});
  std::vector<int> order;
  const auto busy = start_waiting(crew);
  const auto first = crew.start([&](Work&) { order.push_back(1); });
  const auto second = crew.start([&](Work&) { order.push_back(2); });
  CHECK(crew.start([](Work&) {}) == nullptr);
  CHECK(crew.workers().counts().workers == 1);
  CHECK(crew.workers().counts().queued == 2);
  cancel_and_forget(crew, busy);
  crew.run_until_finished(first);
  crew.run_until_finished(second);
  CHECK(order == std::vector{1, 2});
  CHECK(crew.workers().counts().queued == 0);
}

TEST_CASE("a worker runs one request after the other") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1});
  for (int i = 0; i < 5; ++i) crew.run_until_finished(crew.start([](Work&) {}));
  CHECK(final_counts(crew).started == 1);
}

TEST_CASE("an idle worker retires and is joined, and another is started when needed") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.idle = microseconds(1)});
  for (int round = 1; round <= 3; ++round) {
    crew.run_until_finished(crew.start([](Work&) {}));
    crew.run_until([&] { return crew.workers().counts().workers == 0; });
    CHECK(crew.workers().counts().started == round);
    CHECK(crew.workers().counts().cancelled == 0);
  }
}

TEST_CASE("with an idle time of 0 every request has a thread of its own") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.idle = microseconds(0)});
  for (int i = 0; i < 5; ++i) crew.run_until_finished(crew.start([](Work&) {}));
  crew.run_until([&] { return crew.workers().counts().workers == 0; });
  CHECK(crew.workers().counts().started == 5);
}

TEST_CASE("with an idle time of 0 and a bound, queued requests get threads of their own") {
  crew::Crew crew(Mechanism::token, {.most = 1, .idle = microseconds(0)});
  std::vector<std::shared_ptr<Work>> all;
  for (int i = 0; i < 5; ++i) all.push_back(crew.start([](Work&) {}));
  for (const auto& work : all) crew.run_until_finished(work);
  CHECK(crew.workers().counts().started == 5);
}

TEST_CASE("under posix a cancelled request takes its worker with it, and another is started") {
  crew::Crew crew(Mechanism::posix, {.most = 1});
  const auto struck = start_waiting(crew);
  std::atomic<bool> ran = false;
  const auto queued = crew.start([&](Work&) { ran = true; });
  cancel_and_forget(crew, struck);
  crew.run_until_finished(queued);
  CHECK(ran);
  const auto counts = final_counts(crew);
  CHECK(counts.cancelled == 1);
  CHECK(counts.started == 2);
  CHECK(counts.workers == 1);
}

TEST_CASE("under token the worker lives on") {
  crew::Crew crew(Mechanism::token, {.most = 1});
  cancel_and_forget(crew, start_waiting(crew));
  crew.run_until_finished(crew.start([](Work&) {}));
  const auto counts = final_counts(crew);
  CHECK(counts.cancelled == 0);
  CHECK(counts.started == 1);
}

TEST_CASE(
    "a request that needs its own thread runs beyond the bound, and the thread ends with it") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1});
  const auto busy = start_waiting(crew);
  const auto alone = crew.make([](Work& work) { work.say("ran"); });
  alone->use_own_thread();
  REQUIRE(crew.workers().admit(alone) == cancel::WorkerPool::Admission::admitted);
  crew.run_until_finished(alone);
  CHECK(alone->said().front() == "ran");
  crew.run_until([&] { return crew.workers().counts().workers == 1; });
  cancel_and_forget(crew, busy);
}

TEST_CASE("the boss ends a request cancelled between its admission and its start") {
  const auto mechanism = crew::either_mechanism();
  for (int round = 0; round < 50; ++round) {
    crew::Crew crew(mechanism);
    std::atomic<bool> ran = false;
    const auto work = crew.start([&](Work&) {
      ran = true;
      cancel::pass(crew::middle);
      cancel::Request::current()->close_to_cancels();
    });
    const Verdict verdict = crew.cancel(work);
    crew.run_until_finished(work);
    CHECK((verdict == Verdict::cancelled) == (work->stage() == cancel::Stage::cancelled));
    CHECK((verdict == Verdict::cancelled || ran));
  }
}

TEST_CASE("a storm of requests and cancels leaves nothing behind") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 4, .queued = 1000, .idle = microseconds(50)});
  std::atomic<int> ended = 0;
  std::atomic<int> told = 0;
  constexpr int requests = 400;
  for (int i = 0; i < requests; ++i) {
    const auto work = crew.make([](Work& it) {
      const crew::Noted entry(it, "undone");
      for (int n = 0; n < 10; ++n) cancel::pass(n % 2 == 0 ? crew::started : crew::middle);
    });
    work->on_finished([&] { ++ended; });
    REQUIRE(crew.workers().admit(work) == cancel::WorkerPool::Admission::admitted);
    if (i % 2 == 0) work->cancel({}, [&](Verdict) { ++told; });
    crew.workers().run_posted();
  }
  crew.run_until([&] { return ended == requests && told == requests / 2; });
  crew.run_until([&] { return crew.workers().counts().workers == 0; });
  CHECK(crew.table().size() == 0);
  CHECK(crew.workers().counts().queued == 0);
}

// Under ThreadSanitizer a child of a process that had threads cannot start any.
#if !defined(__SANITIZE_THREAD__)
namespace {

/// Runs the body in a child process to which the system refuses further threads. Returns true also
/// where that cannot be arranged.
template <typename Body>
bool holds_without_threads(const Body& body) {
  const pid_t child = fork();
  if (child == 0) {
    body([] {
      // The limit does not bind root.
      constexpr rlimit none{0, 0};
      setrlimit(RLIMIT_NPROC, &none);
      if (geteuid() == 0 && setresuid(65534, 65534, 0) != 0) leave(0);
      seam::Thread thread;
      if (thread.start([] {})) leave(0);
    });
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("if the system refuses a thread, a request is refused and nothing has changed") {
  CHECK(holds_without_threads([](const auto& forbid_threads) {
    crew::Crew crew(Mechanism::token);
    forbid_threads();
    const bool refused = crew.start([](Work&) {}) == nullptr;
    const auto counts = crew.workers().counts();
    const bool unchanged = counts.workers == 0 && counts.started == 0 && counts.queued == 0;
    leave(refused && unchanged ? 0 : 1);
  }));
}

TEST_CASE("if the system refuses a thread, a request that needs its own is refused") {
  CHECK(holds_without_threads([](const auto& forbid_threads) {
    crew::Crew crew(Mechanism::token);
    const auto alone = crew.make([](Work&) {});
    alone->use_own_thread();
    forbid_threads();
    const bool refused = crew.workers().admit(alone) == cancel::WorkerPool::Admission::busy;
    const auto counts = crew.workers().counts();
    leave(refused && counts.workers == 0 && counts.started == 0 ? 0 : 1);
  }));
}

TEST_CASE("if the system refuses a thread, a request that needs its own gets an idle worker") {
  CHECK(holds_without_threads([](const auto& forbid_threads) {
    crew::Crew crew(Mechanism::token);
    crew.run_until_finished(crew.start([](Work&) {}));
    std::atomic<bool> ran = false;
    const auto alone = crew.make([&](Work&) { ran = true; });
    alone->use_own_thread();
    forbid_threads();
    alarm(60);  // if it is never admitted
    while (crew.workers().admit(alone) != cancel::WorkerPool::Admission::admitted) {
      sched_yield();  // the worker is still ending its first request
    }
    crew.run_until_finished(alone);
    leave(ran && crew.workers().counts().started == 1 ? 0 : 1);
  }));
}

TEST_CASE("if the system refuses a thread, a released request that needs its own waits for one") {
  CHECK(holds_without_threads([](const auto& forbid_threads) {
    crew::Crew crew(Mechanism::token);
    const auto busy = start_waiting(crew);
    crew.holds().add({crew::queued, {}, {}});
    std::atomic<bool> ran = false;
    const auto alone = crew.make([&](Work&) { ran = true; }, true);
    alone->use_own_thread();
    const bool held = alone->hold_if_asked(crew::queued);
    forbid_threads();
    const bool released = alone->resume();
    const bool waits = crew.workers().counts().queued == 1;
    cancel_and_forget(crew, busy);
    crew.run_until_finished(alone);
    leave(held && released && waits && ran && crew.workers().counts().started == 1 ? 0 : 1);
  }));
}

TEST_CASE("if the system refuses another thread, requests queue for the workers there are") {
  CHECK(holds_without_threads([](const auto& forbid_threads) {
    crew::Crew crew(Mechanism::token);
    const auto busy = start_waiting(crew);
    forbid_threads();
    std::atomic<bool> ran = false;
    const auto queued = crew.start([&](Work&) { ran = true; });
    const bool waits = queued != nullptr && crew.workers().counts().queued == 1;
    cancel_and_forget(crew, busy);
    crew.run_until_finished(queued);
    leave(waits && ran && crew.workers().counts().started == 1 ? 0 : 1);
  }));
}
#endif
