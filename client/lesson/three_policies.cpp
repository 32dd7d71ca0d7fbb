#include <cstdio>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/atomic.hpp"
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

Atomic<int> turns = 0;
Atomic<bool> enough = false;    // asks bullet_proof to end
Atomic<bool> appended = false;  // ends the work of append_to_list

void work() {
  ++turns;
}

void* bullet_proof(void*) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
  say_ready();
  while (!enough) work();
  return nullptr;
}

void* ask_for_it(void*) {
  say_ready();
  for (;; pthread_testcancel()) work();
}

// One for each run: an earlier duck may have died while it owned the last.
pthread_mutex_t mutexes[] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                             PTHREAD_MUTEX_INITIALIZER};
pthread_mutex_t* list_mutex = mutexes;

// Stands for any function that locks a mutex for a moment: of a list, a file, the allocator.
void append_to_list() {
  pthread_mutex_lock(list_mutex);
  say_ready();
  while (!appended) work();
  pthread_mutex_unlock(list_mutex);
}

void* sitting_duck(void*) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr);
  for (;;) {
    work();
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, nullptr);
    append_to_list();
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr);
  }
}

// The same without the guard around append_to_list().
void* naked_duck(void*) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr);
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

std::vector<Thread> cancel_all() {
  std::vector<Thread> all{
      {"bullet_proof", bullet_proof}, {"ask_for_it", ask_for_it}, {"sitting_duck", sitting_duck}};
  for (Thread& each : all) pthread_create(&each.id, nullptr, each.run, nullptr);
  await_ready(3);
  for (Thread& each : all) each.returned = pthread_cancel(each.id);
  enough = true;
  appended = true;
  for (Thread& each : all) {
    void* result = nullptr;
    pthread_join(each.id, &result);
    each.cancelled = result == PTHREAD_CANCELED;
  }
  return all;
}

// Cancels a duck inside append_to_list(), then lets that function end. Returns whether the mutex of
// the list is free afterwards.
bool mutex_is_free_after(void* (*duck)(void*)) {
  appended = false;
  ++list_mutex;
  pthread_t thread;
  pthread_create(&thread, nullptr, duck, nullptr);
  await_ready(1);
  pthread_cancel(thread);
  void* result = nullptr;
  // A million turns give an asynchronous cancel time to strike; a deferred one needs `appended`.
  const int later = turns + 1'000'000;
  while (turns < later && result == nullptr) pthread_tryjoin_np(thread, &result);
  appended = true;
  if (result == nullptr) pthread_join(thread, &result);
  if (result != PTHREAD_CANCELED || pthread_mutex_trylock(list_mutex) != 0) return false;
  pthread_mutex_unlock(list_mutex);
  return true;
}

struct Trial {
  int state;
  int type;
  Atomic<bool> in_loop = false;
  Atomic<bool> released = false;
  const char* place = "inside the loop";
};

void* be_tried(void* argument) {
  auto* const trial = static_cast<Trial*>(argument);
  pthread_setcancelstate(trial->state, nullptr);
  pthread_setcanceltype(trial->type, nullptr);
  while (!trial->released) trial->in_loop = true;
  trial->place = "at pthread_testcancel, after the loop";
  pthread_testcancel();
  trial->place = "nowhere (stays pending)";
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
  task.point_of_no_return();  // from here on a cancel is too late
  task.report_ready();
  while (!enough) work();
  task.record_outcome(cancel::Stage::committed);
}

void ask_for_it_task(Task& task) {
  task.report_ready();
  for (;; cancel::pass(working)) work();
}

void three_threads(Page& page) {
  page.text(R"(
    pthread_cancel asks a thread to end, and returns at once. That request is called a cancel. Its
    effect depends on two settings of the thread. The state is enabled, as at the start, or
    disabled: then the cancel stays pending until the state is enabled again. The type is deferred,
    as at the start, or asynchronous. If deferred, the cancel takes effect in the next call that
    looks for one, a cancellation point: pthread_testcancel, sleep, read and others, but not
    pthread_mutex_lock (lesson 6 tries them). If asynchronous, it takes effect anywhere:)");
  page.code({"bullet_proof", "ask_for_it", "sitting_duck"});
  page.text(R"(
    say_ready counts the threads and wakes main. append_to_list calls say_ready, then loops until
    `appended` is set. When three threads are ready, main cancels them all, sets `enough` and
    `appended`, and joins each. pthread_join waits for the thread to end; its result is
    PTHREAD_CANCELED if the cancel ended the thread.)");
  const Question which = page.ask("Which thread is not ended by the cancel?",
                                  {"bullet_proof", "ask_for_it", "sitting_duck"});

  const std::vector<Thread> all = cancel_all();
  std::vector<std::vector<std::string>> rows{{"thread", "pthread_cancel", "pthread_join"}};
  std::string survivor;
  for (const Thread& each : all) {
    if (!each.cancelled) survivor += each.name;
    rows.push_back({each.name, "returned " + std::to_string(each.returned),
                    each.cancelled ? "PTHREAD_CANCELED" : "nullptr: it returned by itself"});
  }
  page.table(rows);
  page.answer(
      which, survivor,
      "bullet_proof has disabled cancellation; it returned when `enough` was set. pthread_cancel "
      "returned 0 all the same: it only sends. The cancel of sitting_duck stayed pending until "
      "line " +
          std::to_string(page.line("sitting_duck", "append_to_list()") + 1) +
          " made its type asynchronous.",
      {{"ask_for_it", "ask_for_it has a cancellation point in its loop."},
       {"sitting_duck", "sitting_duck is asynchronous in part of its loop."}});
  page.verify("pthread_cancel returns 0 for a thread that ignores it", all[0].returned == 0);
}

void guard(Page& page) {
  const int guarded = page.line("sitting_duck", "append_to_list()");
  const std::string lines = std::to_string(guarded - 1) + " and " + std::to_string(guarded + 1);
  page.text("Lines ", lines,
            R"( are a guard. While its type is asynchronous, a thread may safely call only
    pthread_cancel, pthread_setcancelstate and pthread_setcanceltype: any other call can be cut in
    the middle. (work is safe, too: it is one atomic addition.) append_to_list locks a mutex, and
    has no cancellation point:)");
  page.code({"append_to_list"});
  if (under_thread_sanitizer)
    return page.skip("an asynchronous cancel would strike ThreadSanitizer's own code");
  const int loop = page.line("append_to_list", "while");
  const Question mutex = page.ask("Without the guard a cancel can take effect in line " +
                                      std::to_string(loop) + ". How is list_mutex then?",
                                  {"free", "locked"});
  const bool guarded_is_free = mutex_is_free_after(sitting_duck);
  const Ended naked =
      run_in_child([] { std::fputs(mutex_is_free_after(naked_duck) ? "free" : "locked", stdout); });
  page.measured("with the guard: ", guarded_is_free ? "free" : "locked",
                "; without it: ", naked.output);
  page.verify("the mutex is free after a guarded cancel", guarded_is_free);
  page.answer(mutex, naked.output,
              "A thread that locked it now would wait for ever. The guard keeps the cancel out. "
              "Lesson 2 lets it in, and has the dying thread unlock.",
              {{"free", "A mutex stays locked when its owner dies."}});
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
      const char* const expected = deferred ? "at pthread_testcancel" : "inside the loop";
      page.verify("the state and the type decide where",
                  place.starts_with(enabled ? expected : "nowhere"));
    }
  }
  page.text(
      "Now main cancels a thread in a loop without a cancellation point. If the thread survives, "
      "main ends the loop, and the thread calls pthread_testcancel:");
  page.table(rows);
}

void with_requests(Page& page) {
  page.text(R"(
    This project's server runs requests on threads. There a cancel names a request, not a thread, so
    it cannot hit the next request on the same thread (lesson 8). bullet_proof as a request calls
    point_of_no_return; ask_for_it passes a point of the library server/cancel in its loop. A cancel
    and point_of_no_return both try to set one atomic word, the stage of the request. If the cancel
    is first, its verdict is CANCELLED and the request ends (with --mechanism posix its thread,
    too). Otherwise the verdict is TOOLATE, and the request runs on.)");
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
  page.measured("verdict on bullet_proof: ", name(bullet_verdict),
                "; on ask_for_it: ", name(asks_verdict), "; threads ended: ", ended);
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
  page.where("server/bank/deposit.cpp", "point_of_no_return(txn)", "where a deposit does so");
  page.next("delete line " + std::to_string(page.line("sitting_duck", "append_to_list") - 1) +
            " of client/lesson/three_policies.cpp, scripts/build, atm lesson 1 --check; put it "
            "back, scripts/build; then atm lesson 2");
}

}  // namespace lesson
