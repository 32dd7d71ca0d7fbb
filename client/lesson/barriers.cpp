#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/barrier_kinds.hpp"
#include "client/lesson/child.hpp"
#include "client/lesson/page.hpp"
#include "server/seam/seam.hpp"
#include "tests/scheduler/explore.hpp"

namespace lesson {

namespace {

constexpr const char* kinds = "client/lesson/barrier_kinds.hpp";

template <typename Kind>
void one_frame(explore::Run& run) {
  Kind barrier;
  run.spawn("zero", [&] { barrier.arrive(0, 0); });
  run.spawn("one", [&] { barrier.arrive(1, 0); });
  run.go();
}

template <typename Kind, int frames>
void many_frames(explore::Run& run) {
  Kind barrier;
  seam::Atomic<int> done[2];
  const auto work = [&](int self) {
    for (int frame = 0; frame < frames; ++frame) {
      done[self].add(1);
      barrier.arrive(self, frame);
      run.check(done[1 - self].load() > frame, "a thread is a frame ahead");
    }
  };
  run.spawn("zero", [&] { work(0); });
  run.spawn("one", [&] { work(1); });
  run.go();
}

bool passes(SenseReversing& barrier, int self) {
  barrier.arrive(self, 0);
  return true;
}

std::atomic<int> refused = 0;

bool passes(Breakable& barrier, int self) {
  const bool passed = barrier.arrive(self, 0);
  if (!passed) ++refused;
  return passed;
}

// Zero arrives and may be cancelled in its wait. One arrives before or afterwards.
template <typename Kind>
void cancel_zero(explore::Run& run) {
  Kind barrier;
  seam::Atomic<bool> zero_is_gone;
  const auto zero = run.spawn("zero", [&] {
    bool passed = false;
    const seam::ScopeExit leave([&] { zero_is_gone.store(!passed); });
    passed = passes(barrier, 0);
  });
  run.spawn("canceller", [&] { zero->cancel(); });
  run.spawn("one", [&] {
    const bool alone = zero_is_gone.load();
    const bool passed = passes(barrier, 1);
    run.check(!(alone && passed), "one passes alone");
  });
  run.go();
}

struct Found {
  int in_random_orders = 0;  // failures, of 100
  explore::Failure failure;
  bool again = false;  // the same failure when the schedule was replayed
};

// Looks for a failure in random orders. Some of its threads would wait for ever, and cannot be
// ended, so the body calls this in a child process.
Found find_failure(const explore::Body& body) {
  Found found;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto failure = explore::random({}, seed, 1, body).failure;
    if (!failure) continue;
    ++found.in_random_orders;
    if (found.failure.schedule.empty()) found.failure = *failure;
  }
  const auto replayed = explore::replay({}, found.failure.schedule, body).failure;
  found.again = replayed && replayed->what == found.failure.what;
  return found;
}

constexpr int frames = 200;

std::atomic<int> started = 0;

void start(seam::Thread& thread, const std::function<void()>& body) {
  if (thread.start(body)) ++started;
}

void create_for_each_frame() {
  for (int frame = 0; frame < frames; ++frame) {
    seam::Thread threads[2];
    for (auto& each : threads) start(each, [] {});
    for (auto& each : threads) each.join();
  }
}

void meet_at_barrier() {
  SenseReversing barrier;
  seam::Thread threads[2];
  for (const int self : {0, 1}) {
    start(threads[self], [&barrier, self] {
      for (int frame = 0; frame < frames; ++frame) barrier.arrive(self, frame);
    });
  }
  for (auto& each : threads) each.join();
}

long microseconds_a_frame(void (*run)()) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  const auto taken = std::chrono::steady_clock::now() - begin;
  return std::chrono::duration_cast<std::chrono::microseconds>(taken).count() / frames;
}

void price(Page& page) {
  page.text(R"(
    Two threads draw a film, each one half of every frame. Neither may begin a frame before both
    have done the last. Either create two threads for each frame and join them, or keep two, which
    wait for each other at a barrier after each frame:)");
  const long created = microseconds_a_frame(create_for_each_frame);
  const int for_each_frame = started.exchange(0);
  const long kept = microseconds_a_frame(meet_at_barrier);
  page.measured(frames, " frames; ", for_each_frame, " threads: ", created, " us a frame; ",
                started.load(), " and a barrier: ", kept, " us a frame");
  page.verify("the barrier needs two threads", for_each_frame == 2 * frames && started == 2);
}

// Prints a failing schedule: its steps in columns, without the starts and ends of threads.
void print_columns(Page& page, std::istream& text) {
  std::vector<std::vector<std::string>> rows;
  for (std::string row; std::getline(text, row);) {
    const auto bar = std::min(row.find('|'), row.size());
    std::string left = row.substr(0, bar);
    left.erase(left.find_last_not_of(' ') + 1);
    const std::string right = bar == row.size() ? "" : row.substr(bar + 2);
    const std::string& step = left.empty() ? right : left;
    if (step != "enter" && step != "leave") rows.push_back({left, right});
  }
  page.table(rows);
}

void reset(Page& page) {
  page.text(
      "The simplest barrier counts the arrivals up to 2, and serves one frame. To use it again, "
      "let the last thread set the count back:");
  page.code("Resetting", kinds);
  if (under_thread_sanitizer) return page.skip("threads are left behind, which it would report");
  const Question worst =
      page.ask("Both threads arrive, once. In the worst order, which of them waits for ever?",
               {"none", "first", "last", "both"});
  const Ended ended = run_in_child([] {
    const Found found = find_failure(one_frame<Resetting>);
    std::printf("%d %d %s\n%s\n%s", found.in_random_orders, found.again ? 1 : 0,
                found.failure.schedule.c_str(), found.failure.what.c_str(),
                found.failure.columns.c_str());
  });
  std::istringstream output(ended.output);
  int stuck = 0, again = 0;
  std::string schedule, what;
  output >> stuck >> again >> schedule >> std::ws;
  std::getline(output, what);
  page.text(
      "The scheduler of this project's tests runs the threads one at a time, in an order of its "
      "own. An order that fails (#1 is the mutex, #2 the condition):");
  print_columns(page, output);
  page.measured("schedule ", schedule, "; it fails in ", stuck, " of 100 random orders");
  page.verify("some orders fail and others do not", stuck > 0 && stuck < 100);
  page.verify("the schedule fails again when it is replayed", again == 1);
  const std::string waiter = what.starts_with("deadlock: ") && what.find(';') == what.npos ? "first"
                             : what.empty()                                                ? "none"
                                                                                           : "both";
  page.answer(worst, waiter,
              "The last one is quick: it resets the count before the first has woken and looked. "
              "The first then sees 0, not 2, and waits (or spins) again.",
              {{"none", "There is time between the notify and the look at the count."},
               {"last", "The last one never waits: the count is 2 when it looks."},
               {"both", "The last one never waits: the count is 2 when it looks."}});
}

void those_that_hold(Page& page) {
  page.text(
      "Two one-shot barriers in turn hold: the last thread at one resets the other, which both "
      "have left. So does this: each thread reverses its own sense at each frame, and waits until "
      "the barrier has the same. No thread waits for the count:");
  page.code("SenseReversing", kinds);
  page.text(
      "wait_in_window is a condition wait that is a cancellation point. Two semaphores meet "
      "so: post your own, then wait for the other one. All orders:");
  std::vector<std::vector<std::string>> rows{{"barrier", "frames", "orders", "outcome"}};
  const auto add = [&rows](const char* barrier, const char* count, const explore::Result& result) {
    const char* const good = result.complete ? "right in all" : "not all were tried";
    rows.push_back({barrier, count, std::to_string(result.runs),
                    result.failure ? "wrong: " + result.failure->what : good});
  };
  add("one-shot", "1", explore::exhaustive({}, one_frame<OneShot>));
  add("two one-shot ones", "3", explore::exhaustive({}, many_frames<TwoOneShot, 3>));
  add("sense-reversing", "3", explore::exhaustive({}, many_frames<SenseReversing, 3>));
  add("semaphores", "3", explore::exhaustive({}, many_frames<Rendezvous, 3>));
  for (std::size_t row = 1; row < rows.size(); ++row) {
    page.verify(rows[row][0] + " is right in all orders", rows[row][3] == "right in all");
  }
  add("one-shot, used again", "2", explore::exhaustive({}, many_frames<OneShot, 2>));
  page.verify("the one-shot barrier serves one frame", rows.back()[3].ends_with("ahead"));
  if (!under_thread_sanitizer) {
    const Ended ended = run_in_child(
        [] { std::printf("%d", find_failure(one_frame<Backwards>).in_random_orders); });
    rows.push_back({"wait before post", "1", "100", "wrong: stuck in " + ended.output});
    page.verify("both threads wait for ever if both wait first", ended.output == "100");
  }
  page.table(rows);
}

// Cancels a thread, which then waits at a pthread_barrier_t for main. Returns whether it came out.
bool comes_out_of_barrier() {
  struct Place {
    pthread_barrier_t barrier;
    std::atomic<bool> is_cancelled = false;
    std::atomic<bool> is_out = false;
  } place;
  pthread_barrier_init(&place.barrier, nullptr, 2);
  pthread_t thread;
  const auto body = [](void* argument) -> void* {
    auto* const it = static_cast<Place*>(argument);
    while (!it->is_cancelled) sched_yield();
    pthread_barrier_wait(&it->barrier);
    it->is_out = true;
    return nullptr;
  };
  pthread_create(&thread, nullptr, body, &place);
  pthread_cancel(thread);
  place.is_cancelled = true;
  pthread_barrier_wait(&place.barrier);
  pthread_join(thread, nullptr);
  return place.is_out;
}

void cancelled(Page& page) {
  const Question two = page.ask(
      "Zero is cancelled in its wait at the sense-reversing barrier, which unlocks the mutex. Then "
      "one arrives. Does it wait for ever, pass, or get an error?",
      {"wait", "pass", "error"});
  const auto plain = explore::exhaustive({}, cancel_zero<SenseReversing>);
  const auto mended = explore::exhaustive({}, cancel_zero<Breakable>);
  const std::string what = plain.failure ? plain.failure->what : "";
  page.answer(two, what == "one passes alone" ? "pass" : "wait",
              "The count still has the dead thread, so half a frame passes for a whole one. A "
              "cleanup of the wait can break the barrier, and arrive() then returns an error:",
              {{"wait", "It would wait if the cleanup took the count back, which is no better."},
               {"error", "Nothing has noted the cancel."}});
  page.code("break_barrier", kinds);
  const Ended posix = run_in_child([] {
    if (!comes_out_of_barrier()) throw std::logic_error("cancelled");
  });
  page.claim("With this cleanup, one passes alone in none of the " + std::to_string(mended.runs) +
                 " orders",
             mended.complete && !mended.failure && refused > 0);
  page.claim("pthread_barrier_wait itself is not a cancellation point", posix.done());
}

}  // namespace

void barriers(Page& page) {
  price(page);
  reset(page);
  those_that_hold(page);
  cancelled(page);
  page.where("server/seam/condition.cpp", "Condition::wait_in_window", "the wait");
  page.next("delete line " + std::to_string(page.line("TwoOneShot", "= 0;  //", kinds)) +
            " of barrier_kinds.hpp, build, --check; then atm lesson 11");
}

}  // namespace lesson
