#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "client/lesson/child.hpp"
#include "client/lesson/page.hpp"

namespace lesson {

namespace {

std::mutex log_mutex;
std::atomic<bool> in_log = false, stay_in_log = true, finish = false;

void write_to_log() {
  const std::lock_guard lock(log_mutex);
  in_log = true;
  while (stay_in_log) std::this_thread::yield();  // some lines
}

// From outside: a signal, whose handler returns when another one resumes the thread.
std::atomic<bool> suspended = false;

void suspend_here(int) {
  suspended = true;
  while (suspended) pause();
}

std::atomic<bool> asked = false, paused = false;

void pause_if_asked() {
  if (!asked) return;
  paused = true;
  asked.wait(true);  // until it is false
}

void worker() {
  while (!finish) {
    write_to_log();
    pause_if_asked();  // holds nothing here
  }
}

void suspend_by_signal() {
  std::signal(SIGUSR1, suspend_here);
  std::thread thread(worker);
  while (!in_log) std::this_thread::yield();
  pthread_kill(thread.native_handle(), SIGUSR1);
  while (!suspended) std::this_thread::yield();
  log_mutex.lock();
}

// Returns whether main could write to the log while the worker was paused.
bool suspend_by_asking() {
  std::thread thread(worker);
  while (!in_log) std::this_thread::yield();
  asked = true;
  stay_in_log = false;
  while (!paused) std::this_thread::yield();
  const bool wrote = log_mutex.try_lock();
  if (wrote) log_mutex.unlock();
  finish = true;
  asked = false;
  asked.notify_one();
  thread.join();
  return wrote;
}

// Java's interrupt. One monitor serves all threads.
std::mutex monitor;
std::condition_variable changed;

struct Interrupted {};

class Interruptible {
 public:
  void interrupt() { set(flag_); }
  void end() { set(ended_); }
  bool interrupted() {
    const std::lock_guard lock(monitor);
    return take_flag();
  }
  void wait(const std::function<bool()>& holds) {
    std::unique_lock lock(monitor);
    changed.wait(lock, [&] { return flag_ || holds(); });
    if (take_flag()) throw Interrupted{};
  }
  void sleep(std::chrono::seconds time) {
    std::unique_lock lock(monitor);
    changed.wait_for(lock, time, [&] { return flag_; });
    if (take_flag()) throw Interrupted{};
  }
  void join(const Interruptible& other) {
    wait([&] { return other.ended_; });
  }

 private:
  bool take_flag() { return std::exchange(flag_, false); }
  void set(bool& which) {
    const std::lock_guard lock(monitor);
    which = true;
    changed.notify_all();
  }

  bool flag_ = false;
  bool ended_ = false;
};

struct Trial {
  std::string ended_by = "returning";
  bool flag_is_set = false;  // afterwards
};

// Interrupts a thread that makes this call, then does `afterwards`.
Trial interrupt_in(
    const std::function<void(Interruptible&)>& call,
    const std::function<void()>& afterwards = [] {}) {
  Trial trial;
  Interruptible self;
  std::thread thread([&] {
    try {
      call(self);
    } catch (const Interrupted&) {
      trial.ended_by = "throwing Interrupted";
    }
    trial.flag_is_set = self.interrupted();
  });
  self.interrupt();
  afterwards();
  thread.join();
  return trial;
}

constexpr auto never = [] { return false; };

// A library whose author did not know what to do with an interrupt.
void flush(Interruptible& self) {
  try {
    self.wait(never);
  } catch (const Interrupted&) {
  }
}

// The same with a std::stop_token.
void flush_or_stop(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable_any flushed;
  std::unique_lock lock(mutex);
  flushed.wait(lock, token, never);
}

// A thread is asked to stop by both ways, while it reads from a pipe to which nothing is written.
void ask_reader() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return;
  Interruptible self;
  std::jthread reader([&](const std::stop_token&) {
    char byte = 0;
    if (read(ends[0], &byte, 1) == 1) self.end();  // never, so jthread waits in its destructor
  });
  self.interrupt();
  reader.request_stop();
}

void suspend(Page& page) {
  page.text(R"(
    To stop or to suspend another thread from outside is to strike it anywhere. Stopping so is the
    asynchronous cancel of lesson 1. Suspending so is a signal, whose handler waits until the thread
    may resume. The alternative is to ask, by a flag that the thread polls at a safe place:)");
  page.code({"pause_if_asked", "worker"});
  page.text(
      "Main suspends this worker while it is in write_to_log, which locks log_mutex. Then main "
      "writes a line, too.");
  if (under_thread_sanitizer) {
    page.skip("ThreadSanitizer delays signals");
  } else {
    const Question wrote =
        page.ask("Suspended by a signal. Is the line of main written now, later, or never?",
                 {"now", "later", "never"});
    const Ended ended = run_in_child(suspend_by_signal, std::chrono::seconds(1));
    page.measured("by a signal: main ", ended.timed_out ? "hung" : "wrote", " (for a second)");
    page.answer(wrote, ended.timed_out ? "never" : "now",
                "The worker waits for main to resume it, and main waits for the mutex of the "
                "worker: a deadlock.",
                {{"now", "The worker has the mutex."},
                 {"later", "Main would resume it, but main waits for the mutex."}});
  }
  page.claim("A worker that is asked holds nothing when it pauses, and main writes",
             suspend_by_asking());
}

void interrupt(Page& page) {
  page.text(R"(
    Java's interrupt is such a flag, which waits see as well. Here it is in C++. wait, sleep and
    join see the flag, clear it, and throw. interrupted() asks for it and clears it.)");
  page.code({"wait", "sleep"});
  const Question mutex = page.ask(
      "A thread is interrupted while it waits for a std::mutex. It gets the mutex later. Is its "
      "flag then set or clear, or has lock() thrown?",
      {"set", "clear", "thrown"});

  std::mutex held;
  held.lock();
  std::atomic<bool> at_lock = false;
  Interruptible lives;
  const std::vector<std::pair<std::string, Trial>> trials{
      {"wait", interrupt_in([](Interruptible& self) { self.wait(never); })},
      {"sleep", interrupt_in([](Interruptible& self) { self.sleep(std::chrono::hours(1)); })},
      {"join", interrupt_in([&](Interruptible& self) { self.join(lives); })},
      {"mutex", interrupt_in(
                    [&](Interruptible&) {
                      at_lock = true;
                      const std::lock_guard lock(held);
                    },
                    [&] {
                      while (!at_lock) std::this_thread::yield();
                      held.unlock();
                    })},
  };
  std::vector<std::vector<std::string>> rows{{"blocked in", "ended by", "flag afterwards"}};
  for (const auto& [call, trial] : trials) {
    rows.push_back({call, trial.ended_by, trial.flag_is_set ? "set" : "clear"});
    const bool throws = call != "mutex";
    page.verify(call + " sees the interrupt, a mutex does not",
                trial.flag_is_set != throws && trial.ended_by.starts_with("throw") == throws);
  }
  page.table(rows);
  Interruptible self;
  self.interrupt();
  page.verify("interrupted() clears the flag", self.interrupted() && !self.interrupted());
  const Trial& last = trials.back().second;
  page.answer(mutex,
              last.ended_by != "returning" ? "thrown"
              : last.flag_is_set           ? "set"
                                           : "clear",
              "Acquiring a mutex does not look at the flag, as it is no cancellation point either "
              "(lesson 6).",
              {{"clear", "Only a wait that sees the flag clears it."},
               {"thrown", "Each lock in each library would have to expect an exception."}});
}

void stop_token(Page& page) {
  page.text(
      "A thread may do about an interrupt as it likes, even nothing. This library function ignores "
      "it. flush_or_stop does the same with the std::stop_token of C++20:");
  page.code("flush");
  const Question left =
      page.ask("Each is asked in its wait, and returns. Which flag does its caller still see set?",
               {"interrupt", "stop_token", "both", "neither"});
  const bool kept = interrupt_in([](Interruptible& self) { flush(self); }).flag_is_set;
  std::stop_source source;
  std::thread thread([&] { flush_or_stop(source.get_token()); });
  const bool first = source.request_stop();
  const bool second = source.request_stop();
  thread.join();
  const bool stays = source.stop_requested();
  page.measured("the flag of the interrupt: ", kept ? "set" : "clear",
                "; stop_requested(): ", stays ? "true" : "false");
  page.verify("request_stop returns true once", first && !second);
  const char* const one_of_them = kept ? "interrupt" : "stop_token";
  page.answer(left,
              kept && stays   ? "both"
              : kept || stays ? one_of_them
                              : "neither",
              "A stop cannot be taken back: better, because no library can lose it, and worse, "
              "because a thread that resumes needs a new token. A stop throws nothing, so each "
              "function has to return by itself. request_stop() returns true once.",
              {{"interrupt", "The library caught it, and throwing had cleared the flag."},
               {"both", "Throwing had cleared the flag of the interrupt."},
               {"neither", "Nothing can clear the stop."}});
  const Ended reading = run_in_child(ask_reader, std::chrono::seconds(1));
  page.claim("Neither ends a read() that is blocked, which pthread_cancel does (lesson 6)",
             reading.timed_out);
}

}  // namespace

void asking(Page& page) {
  suspend(page);
  interrupt(page);
  stop_token(page);
  page.where("server/cancel/unwinding.cpp", "throw Cancelled{}",
             "the mechanism token asks, at points, and throws");
  page.next("make line " + std::to_string(page.line("flush", "catch")) +
            " call self.interrupt(), build, look again; then atm lesson 10");
}

}  // namespace lesson
