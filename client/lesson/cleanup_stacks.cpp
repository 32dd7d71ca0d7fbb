#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/child.hpp"
#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"

namespace lesson {

namespace {

std::atomic<int> allocated = 0;  // messages that exist
std::atomic<int> breaths = 0;    // times that last_breath ran

char* new_message() {
  ++allocated;
  return static_cast<char*>(std::malloc(80));
}

void last_breath(void* message) {
  std::free(message);
  --allocated;
  ++breaths;
}

void* sitting_duck(void*) {
  char* const message = new_message();
  pthread_cleanup_push(last_breath, message);
  for (;;) pthread_testcancel();  // the work
  pthread_cleanup_pop(1);
  return nullptr;
}

// The same without the push.
void* careless_duck(void*) {
  new_message();
  for (;;) pthread_testcancel();
  return nullptr;
}

// Starts three threads, cancels them all, joins them all. Returns how many ended as cancelled.
int cancel_three(void* (*duck)(void*)) {
  pthread_t threads[3];
  int cancelled = 0;
  for (auto& thread : threads) pthread_create(&thread, nullptr, duck, nullptr);
  for (auto& thread : threads) pthread_cancel(thread);
  for (auto& thread : threads) {
    void* result = nullptr;
    pthread_join(thread, &result);
    if (result == PTHREAD_CANCELED) ++cancelled;
  }
  return cancelled;
}

enum class Way { cancel, pop_1, pop_0, exit };

void count_up(void* count) {
  ++*static_cast<int*>(count);
}

struct Leaver {
  Way way;
  int ran = 0;
};

void* leave(void* argument) {
  auto* const self = static_cast<Leaver*>(argument);
  pthread_cleanup_push(count_up, &self->ran);
  while (self->way == Way::cancel) pthread_testcancel();
  if (self->way == Way::exit) pthread_exit(nullptr);
  pthread_cleanup_pop(self->way == Way::pop_1 ? 1 : 0);
  return nullptr;
}

// Returns how often the entry ran when a thread left it that way.
int times_run(Way way) {
  Leaver leaver{way};
  pthread_t thread;
  pthread_create(&thread, nullptr, leave, &leaver);
  if (way == Way::cancel) pthread_cancel(thread);
  pthread_join(thread, nullptr);
  return leaver.ran;
}

struct Step {
  std::vector<std::string>* ran;
  std::string name;
};

void undo(void* step) noexcept {
  const auto* const self = static_cast<Step*>(step);
  self->ran->push_back(self->name);
}

void three_steps(Task& task, std::vector<std::string>& ran) {
  Step one{&ran, "one"}, two{&ran, "two"}, three{&ran, "three"};
  const cancel::Cleanup undo_one(task, {"undo one"}, undo, &one);
  cancel::Cleanup undo_two(task, {"undo two"}, undo, &two);
  undo_two.pop(false);  // as pthread_cleanup_pop(0)
  const cancel::Cleanup undo_three(task, {"undo three"}, undo, &three);
  task.wait_for_ever();
}

void raw_threads(Page& page) {
  page.text(R"(
    A thread that is cancelled never returns from its function. It does not release what it was
    going to release at the end. POSIX answers with a stack of routines: push one when you acquire
    something, pop it when you release it. If the thread is cancelled in between, the routines run
    on that thread.)");
  page.code("sitting_duck");
  page.text(
      "Three threads run this code. We cancel all three and join them. last_breath frees the "
      "message and counts.");
  const Question left =
      page.ask("How many of the three 80-byte messages are still allocated afterwards?",
               {"0", "1", "2", "3"});

  const int cancelled = cancel_three(sitting_duck);
  page.measured(cancelled, " threads cancelled and joined; last_breath ran ", breaths.load(),
                " times; ", allocated.load(), " messages are still allocated.");
  page.verify("three threads ended as cancelled", cancelled == 3);
  page.verify("last_breath ran three times", breaths == 3);
  const Ended careless = run_in_child([] {
    cancel_three(careless_duck);
    std::printf("%d", allocated.load());
  });
  page.verify("three messages leak without the push", careless.done() && careless.output == "3");
  page.verify("no message leaks with the push", allocated == 0);

  const auto number = [&](const char* part) {
    return std::to_string(page.line("sitting_duck", part));
  };
  page.answer(left, std::to_string(allocated),
              "The push in line " + number("push") +
                  " made the difference, although the pop in line " + number("pop") +
                  " was never reached. Without the push, in a process of its own, " +
                  careless.output + " messages stayed allocated.",
              {{"3", "Without the push, three messages stay allocated."},
               {"1", "Each thread has a stack of its own, so each ran its own entry."},
               {"2", "Each thread has a stack of its own, so each ran its own entry."}});
}

void four_ways(Page& page) {
  page.text(R"(
    The number in pop says what happens to the entry if the thread gets there: 1 removes and runs
    it, 0 only removes it. Push and pop are a pair in one block, like braces. (In C they are macros
    that contain the braces.) There are four ways to leave the block:)");
  page.code("leave");
  const Question not_run = page.ask("On which way out does the entry not run?",
                                    {"cancel", "pop(1)", "pop(0)", "pthread_exit"});
  const int by_cancel = times_run(Way::cancel), by_pop_1 = times_run(Way::pop_1);
  const int by_pop_0 = times_run(Way::pop_0), by_exit = times_run(Way::exit);
  page.table({{"the thread leaves by", "cancel", "pop(1)", "pop(0)", "pthread_exit"},
              {"the entry ran", std::to_string(by_cancel), std::to_string(by_pop_1),
               std::to_string(by_pop_0), std::to_string(by_exit)}});
  page.verify("the entry runs once on a cancel, pop(1) and pthread_exit",
              by_cancel == 1 && by_pop_1 == 1 && by_exit == 1);
  page.verify("the entry does not run on pop(0)", by_pop_0 == 0);
  page.answer(not_run, by_pop_0 == 0 ? "pop(0)" : "none",
              "Use pop(0) where the thing is not yours to release any more: it was handed on, or "
              "already released.",
              {{"pthread_exit", "pthread_exit unwinds the thread as a cancel does."},
               {"cancel", "A cancel is what the stack is for."},
               {"pop(1)", "pop(1) runs the entry, so that the release is written once."}});
}

void with_requests(Page& page) {
  page.text(R"(
    The library of this server, server/cancel, has the same stack as C++ objects. An entry is pushed
    by its constructor and popped at the end of its scope. The stack belongs to a request, which is
    a Task here, so the operator can look at it while the request runs. With --mechanism posix a
    cancel ends the thread of the request, too; with token, the default, it does not.)");
  page.code("three_steps");
  const Question order = page.ask("The task waits in its last line and is cancelled. What runs?",
                                  {"one,three", "three,one", "three,two,one", "one"});
  std::vector<std::string> ran;
  Crew crew(page.mechanism());
  const auto task = crew.start([&ran](Task& self) { three_steps(self, ran); });
  crew.run_until_ready(*task);
  std::string stack;
  for (const auto& entry : task->view().cleanup) {
    stack += (stack.empty() ? "" : ", ") + std::string(entry.what);
  }
  const auto verdict = crew.cancel(*task);
  const auto ended = crew.stop();
  std::string all;
  for (const auto& each : ran) all += (all.empty() ? "" : ",") + each;
  page.measured("while it waits, top first: ", stack, "; verdict: ", name(verdict), "; ran: ", all,
                "; threads ended: ", ended);
  page.verify("the task was cancelled", task->cancelled() && verdict == cancel::Verdict::cancelled);
  page.verify("three ran before one, and two did not run", all == "three,one");
  page.verify("posix ends the thread, token does not",
              ended == (page.mechanism() == "posix" ? 1 : 0));
  page.answer(
      order, all,
      "Last in, first out: what was acquired last may depend on what was acquired before. "
      "The entry two was popped before the cancel. The lowest entry, finish request, is the "
      "library's own: it sends the reply.",
      {{"three,two,one", "pop(false) removed two before the cancel arrived."},
       {"one,three", "The order is the reverse of the pushes."},
       {"one", "All entries that are still on the stack run."}});
}

}  // namespace

void cleanup_stacks(Page& page) {
  raw_threads(page);
  four_ways(page);
  with_requests(page);
  page.where("server/bank/transaction.cpp", "free request buffer",
             "the first entry of every transaction");
  page.where("server/cancel/cleanup.hpp", "class Cleanup {", "the entry");
  page.next(
      "write true in line " + std::to_string(page.line("three_steps", "undo_two.pop")) +
      " of client/lesson/cleanup_stacks.cpp, scripts/build, atm lesson 2 --check; put it back, "
      "scripts/build; then atm lesson 3");
}

}  // namespace lesson
