#include <atomic>
#include <cstdio>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/child.hpp"
#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"

namespace lesson {

namespace {

// The handshake: main waits until so many threads are ready.
pthread_mutex_t ready_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t ready_changed = PTHREAD_COND_INITIALIZER;
int ready = 0;

void say_ready() {
  pthread_mutex_lock(&ready_mutex);
  ++ready;
  pthread_cond_signal(&ready_changed);
  pthread_mutex_unlock(&ready_mutex);
}

void await_ready(int count) {
  pthread_mutex_lock(&ready_mutex);
  while (ready < count) pthread_cond_wait(&ready_changed, &ready_mutex);
  ready = 0;
  pthread_mutex_unlock(&ready_mutex);
}

thread_local int before = 0;  // where the setters put the old state or type

std::atomic<int> turns = 0;
std::atomic<bool> enough = false;    // asks bullet_proof to end
std::atomic<bool> appended = false;  // ends the work of append_to_list

void work() {
  turns.fetch_add(1, std::memory_order_relaxed);
}

void* bullet_proof(void*) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  say_ready();
  while (!enough) work();
  return nullptr;
}

void* ask_for_it(void*) {
  say_ready();
  for (;;) {
    work();
    pthread_testcancel();
  }
}

// A list, a file, the memory allocator: many a function locks a mutex for a moment.
pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;

void append_to_list() {
  pthread_mutex_lock(&list_mutex);
  say_ready();
  while (!appended) work();
  pthread_mutex_unlock(&list_mutex);
}

void* sitting_duck(void*) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
  for (;;) {
    work();
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &before);
    append_to_list();
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
  }
}

// The same without the guard around append_to_list().
void* naked_duck(void*) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
  for (;;) {
    work();
    append_to_list();
  }
}

struct Thread {
  const char* name;
  void* (*run)(void*);
  pthread_t id{};
  int returned = -1;  // by pthread_cancel
  bool cancelled = false;
};

void join(Thread& thread) {
  void* result = nullptr;
  pthread_join(thread.id, &result);
  thread.cancelled = result == PTHREAD_CANCELED;
}

std::vector<Thread> cancel_all() {
  std::vector<Thread> all{
      {"bullet_proof", bullet_proof}, {"ask_for_it", ask_for_it}, {"sitting_duck", sitting_duck}};
  for (Thread& each : all) pthread_create(&each.id, nullptr, each.run, nullptr);
  await_ready(3);
  for (Thread& each : all) each.returned = pthread_cancel(each.id);
  enough = true;
  appended = true;
  for (Thread& each : all) join(each);
  return all;
}

// Cancels a duck inside append_to_list(), which ends by itself only if it `may_end`. Returns
// whether the mutex of the list is free afterwards.
bool mutex_is_free_after(void* (*duck)(void*), bool may_end) {
  appended = false;
  pthread_mutex_init(&list_mutex, nullptr);  // an earlier duck may have left it locked
  Thread thread{"duck", duck};
  pthread_create(&thread.id, nullptr, thread.run, nullptr);
  await_ready(1);
  pthread_cancel(thread.id);
  appended = may_end;
  join(thread);
  if (!thread.cancelled || pthread_mutex_trylock(&list_mutex) != 0) return false;
  pthread_mutex_unlock(&list_mutex);
  return true;
}

struct Trial {
  int state;
  int type;
  std::atomic<bool> in_loop = false;
  std::atomic<bool> released = false;
  const char* place = "in the loop, at no point";
};

void* be_tried(void* argument) {
  auto* const trial = static_cast<Trial*>(argument);
  pthread_setcancelstate(trial->state, &before);
  pthread_setcanceltype(trial->type, &before);
  while (!trial->released) trial->in_loop = true;
  trial->place = "at the next point";
  pthread_testcancel();
  trial->place = "never: it stays pending";
  return nullptr;
}

// Returns where a cancel takes effect on a thread with this state and this type.
std::string place_of_effect(int state, int type) {
  Trial trial{state, type};
  pthread_t thread;
  pthread_create(&thread, nullptr, be_tried, &trial);
  while (!trial.in_loop) sched_yield();
  pthread_cancel(thread);
  // Nothing but an asynchronous cancel ends the loop, so all others are released from it.
  trial.released = state == PTHREAD_CANCEL_DISABLE || type == PTHREAD_CANCEL_DEFERRED;
  pthread_join(thread, nullptr);
  return trial.place;
}

void bullet_proof_task(Task& task) {
  task.point_of_no_return();  // disables cancellation for good
  task.report_ready();
  while (!enough) work();
  task.record_outcome(cancel::Stage::committed);
}

void ask_for_it_task(Task& task) {
  task.report_ready();
  for (;;) {
    work();
    cancel::pass(working);
  }
}

void three_threads(Page& page) {
  page.text(R"(
    pthread_cancel asks a thread to end. The thread decides how it takes that, by two settings of
    its own. Its state is enabled (the default) or disabled. While it is enabled, its type is
    deferred or asynchronous. Deferred, the default, means that the cancel takes effect at the next
    cancellation point: pthread_testcancel is one, and many calls that block are. Asynchronous means
    anywhere. Here are three policies; work only adds 1 to a number:)");
  page.code({"bullet_proof", "ask_for_it", "sitting_duck"});
  page.text(
      "Main starts all three and waits until each has called say_ready, which counts under a "
      "mutex and signals a condition. Then main cancels all three, sets the flag `enough`, "
      "and joins them: it waits for their ends.");
  const Question which = page.ask("Which thread is not ended by the cancel?",
                                  {"bullet_proof", "ask_for_it", "sitting_duck"});
  const Question value =
      page.ask("What does pthread_cancel return for that thread?", {"0", "EPERM", "EBUSY"});

  const std::vector<Thread> all = cancel_all();
  std::vector<std::vector<std::string>> rows{{"thread", "pthread_cancel returned", "ended"}};
  std::string survivor;
  for (const Thread& each : all) {
    if (!each.cancelled) survivor += each.name;
    const char* const end = each.cancelled ? "as cancelled" : "by itself, when it saw the flag";
    rows.push_back({each.name, std::to_string(each.returned), end});
  }
  page.table(rows);
  page.answer(which, survivor,
              "It disabled cancellation, so the request stays pending. It would run for ever if "
              "main did not ask it, by a flag, to end.",
              {{"ask_for_it", "There is a cancellation point in its loop."},
               {"sitting_duck", "An asynchronous thread needs no cancellation point."}});
  page.answer(value, std::to_string(all[0].returned),
              "It means that the request was posted, and no more. To learn what came of it, the "
              "canceller has to join the thread.");
}

void guard(Page& page) {
  page.text(
      "sitting_duck turns to deferred before it calls append_to_list, and back afterwards. "
      "That is a guard: nothing may be called under asynchronous cancellation but pthread_cancel "
      "and the two setters, of the state and the type. This is what it guards:");
  page.code("append_to_list");
  if (under_thread_sanitizer)
    return page.skip("an asynchronous cancel would strike ThreadSanitizer's own code");
  const Question mutex = page.ask("Without the guard, the cancel strikes in line " +
                                      std::to_string(page.line("append_to_list", "while")) +
                                      ". How is list_mutex then?",
                                  {"free", "locked"});
  const bool guarded_is_free = mutex_is_free_after(sitting_duck, true);
  const Ended naked = run_in_child(
      [] { std::fputs(mutex_is_free_after(naked_duck, false) ? "free" : "locked", stdout); });
  page.measured("with the guard: ", guarded_is_free ? "free" : "locked",
                "; without it: ", naked.output);
  page.verify("the mutex is free after a guarded cancel", guarded_is_free);
  page.answer(mutex, naked.output,
              "Its owner is gone, so each thread that locks it waits for ever. Use asynchronous "
              "cancels only where nothing is held and nothing is called.",
              {{"free", "Nothing unlocks it; in lesson 2 a cleanup entry does."}});
}

void all_settings(Page& page) {
  std::vector<std::vector<std::string>> rows{{"state", "type", "the cancel takes effect"}};
  for (const int type : {PTHREAD_CANCEL_DEFERRED, PTHREAD_CANCEL_ASYNCHRONOUS}) {
    const bool deferred = type == PTHREAD_CANCEL_DEFERRED;
    if (!deferred && under_thread_sanitizer) continue;
    for (const int state : {PTHREAD_CANCEL_ENABLE, PTHREAD_CANCEL_DISABLE}) {
      const bool enabled = state == PTHREAD_CANCEL_ENABLE;
      const std::string place = place_of_effect(state, type);
      rows.push_back(
          {enabled ? "enabled" : "disabled", deferred ? "deferred" : "asynchronous", place});
      const char* const expected = !enabled ? "never" : deferred ? "at the next" : "in the loop";
      page.verify("the state and the type decide where", place.starts_with(expected));
    }
  }
  page.text("Each state with each type, on a thread in a loop, with a point after the loop:");
  page.table(rows);
}

void with_requests(Page& page) {
  page.text(
      "This server's library, server/cancel, cancels requests instead of threads. It has "
      "no asynchronous type, and the canceller receives a verdict:");
  page.code("bullet_proof_task");
  enough = false;
  Crew crew(page.mechanism());
  const auto bullet = crew.start(bullet_proof_task);
  const auto asks = crew.start(ask_for_it_task);
  crew.run_until_ready(*bullet);
  crew.run_until_ready(*asks);
  const auto bullet_verdict = crew.cancel(*bullet);
  const auto asks_verdict = crew.cancel(*asks);
  enough = true;
  const auto ended = crew.stop();
  page.measured("bullet_proof_task: ", name(bullet_verdict),
                "; ask_for_it_task: ", name(asks_verdict));
  page.verify("a cancel is too late once it is disabled",
              bullet_verdict == cancel::Verdict::too_late);
  page.verify("a cancel before that wins", asks_verdict == cancel::Verdict::cancelled);
  page.verify("posix ends a thread, token does not", ended == (page.mechanism() == "posix"));
}

}  // namespace

void three_policies(Page& page) {
  three_threads(page);
  guard(page);
  all_settings(page);
  with_requests(page);
  page.where("server/bank/deposit.cpp", "point_of_no_return(txn)", "disables cancellation");
  page.where("server/cancel/example/search.cpp", "other->cancel", "one finds, the rest end");
  const int guard_line = page.line("sitting_duck", "append_to_list()") - 1;
  page.next("delete line " + std::to_string(guard_line) +
            ", scripts/build, atm lesson 1 --check; then atm lesson 2");
}

}  // namespace lesson
