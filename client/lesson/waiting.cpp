#include <atomic>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/calls.hpp"
#include "client/lesson/child.hpp"
#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"
#include "server/cancel/mutex.hpp"

namespace lesson {

namespace {

pthread_mutex_t account = PTHREAD_MUTEX_INITIALIZER;
std::atomic<bool> at_the_lock = false;
std::atomic<bool> got_it = false;

void unlock(void* mutex) {
  pthread_mutex_unlock(static_cast<pthread_mutex_t*>(mutex));
}

void* lock_account(void*) {
  at_the_lock = true;
  pthread_mutex_lock(&account);
  pthread_cleanup_push(unlock, &account);
  got_it = true;
  pthread_testcancel();
  pthread_cleanup_pop(1);
  return nullptr;
}

// Cancels a thread that waits for the mutex of main. Returns whether it ended as cancelled.
bool cancel_at_mutex(bool unlock_before_join) {
  pthread_t thread;
  pthread_mutex_lock(&account);
  pthread_create(&thread, nullptr, lock_account, nullptr);
  while (!at_the_lock) sched_yield();
  pthread_cancel(thread);
  if (unlock_before_join) pthread_mutex_unlock(&account);
  void* result = nullptr;
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED;
}

// A mutex made of a flag; waiting for it is a condition wait.
struct Gate {
  pthread_mutex_t inner = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
  pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
  bool owned = true;
  int waiting = 0;
  int unlocked = -1;  // the result of pthread_mutex_unlock in the cleanup
};

[[maybe_unused]] void unlock_inner(void* argument) {  // by enter(), unless you change it
  auto* const gate = static_cast<Gate*>(argument);
  gate->unlocked = pthread_mutex_unlock(&gate->inner);
}

void* enter(void* argument) {
  auto* const gate = static_cast<Gate*>(argument);
  pthread_mutex_lock(&gate->inner);
  pthread_cleanup_push(unlock_inner, gate);
  ++gate->waiting;
  while (gate->owned) pthread_cond_wait(&gate->opened, &gate->inner);
  gate->owned = true;
  pthread_cleanup_pop(1);
  return nullptr;
}

// The same without the cleanup entry.
void* enter_carelessly(void* argument) {
  auto* const gate = static_cast<Gate*>(argument);
  pthread_mutex_lock(&gate->inner);
  ++gate->waiting;
  while (gate->owned) pthread_cond_wait(&gate->opened, &gate->inner);
  gate->owned = true;
  pthread_mutex_unlock(&gate->inner);
  return nullptr;
}

// Cancels a thread while it waits for the gate. Returns whether it ended as cancelled.
bool cancel_at_gate(Gate& gate, void* (*how)(void*)) {
  pthread_t thread;
  pthread_create(&thread, nullptr, how, &gate);
  for (bool waits = false; !waits; sched_yield()) {
    pthread_mutex_lock(&gate.inner);
    waits = gate.waiting > 0;
    pthread_mutex_unlock(&gate.inner);
  }
  pthread_cancel(thread);
  void* result = nullptr;
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED;
}

void use_account(Task& task, cancel::CancellableMutex& mutex) {
  const cancel::MutexOwner owner(task, mutex);
  task.wait_for_ever();
}

void plain_mutex(Page& page) {
  page.text(
      "Main owns the mutex `account` when it starts a thread that locks `account`, too. Main waits "
      "until the thread is at the lock, cancels the thread, and joins it.");
  page.code("lock_account");
  const Question end = page.ask("How does the join end?",
                                {"it returns: the thread was cancelled",
                                 "it returns: the thread got the mutex", "it never returns"});
  const Ended joined = run_in_child([] { cancel_at_mutex(false); }, std::chrono::seconds(1));
  at_the_lock = false;
  const bool cancelled = cancel_at_mutex(true);
  page.measured("join while main owns the mutex: ", joined.timed_out ? "hung" : "returned",
                " (for a second). When main unlocks first, the thread ",
                got_it ? "gets the mutex and " : "", cancelled ? "is then cancelled." : "lives.");
  page.verify("the thread gets the mutex before the cancel takes effect", got_it && cancelled);
  page.answer(
      end, joined.timed_out ? end.choices[2] : end.choices[0],
      "pthread_mutex_lock is not a cancellation point. If it were, each lock in each "
      "library would have to be prepared to be the last thing that its thread does.",
      {{end.choices[0], "The cancel stays pending until the thread reaches a cancellation point."},
       {end.choices[1], "Main would have to unlock `account`, and main waits in the join."}});
}

void condition_wait(Page& page) {
  page.text(
      "So build a long wait from a condition variable: waiting for one is a cancellation point. "
      "This gate is a flag, `owned`; the mutex `inner` guards the flag and is held for a moment "
      "only:");
  page.code("enter");
  const Question owner = page.ask(
      "The thread is cancelled in the wait, which has released `inner`. Which thread owns "
      "`inner` when unlock_inner runs?",
      {"no thread", "the cancelled one"});
  Gate gate, careless;
  const bool cancelled = cancel_at_gate(gate, enter);
  const bool free = pthread_mutex_trylock(&gate.inner) == 0;
  if (free) pthread_mutex_unlock(&gate.inner);
  const bool other_cancelled = cancel_at_gate(careless, enter_carelessly);
  const bool stuck = pthread_mutex_trylock(&careless.inner) != 0;
  page.measured("pthread_mutex_unlock in the cleanup returned ", gate.unlocked,
                "; `inner` afterwards: ", free ? "free" : "locked",
                "; without the cleanup entry: ", stuck ? "locked" : "free");
  page.verify("both threads were cancelled in the wait", cancelled && other_cancelled);
  page.verify("the mutex is free after the cleanup, and locked without it", free && stuck);
  page.answer(
      owner, gate.unlocked == 0 ? owner.choices[1] : owner.choices[0],
      "`inner` is a mutex that checks for errors: a thread that does not own it cannot "
      "unlock it. A condition wait locks its mutex again before any cleanup runs. So the "
      "entry is right wherever the cancel takes effect between push and pop, in the wait or "
      "at another point.",
      {{owner.choices[0],
        "If no thread owned it, the entry would unlock a mutex that its thread does not "
        "own."}});
}

void each_call(Page& page) {
  page.text(
      "Which calls are cancellation points here? Each was made by a thread with a cancel "
      "pending; a point is a call that did not return.");
  if (under_thread_sanitizer) return page.skip("ThreadSanitizer replaces many of the calls");
  const std::vector<TriedCall> tried = try_calls();
  page.verify("every call could be tried", !tried.empty());
  std::string names[2][3];  // points or not; by what POSIX says
  for (const TriedCall& each : tried) {
    std::string& list = names[each.is_point ? 1 : 0][static_cast<int>(each.posix)];
    list += (list.empty() ? "" : ", ") + each.name;
    if (each.posix == Posix::may_be) continue;
    page.verify("POSIX is obeyed by " + each.name, each.is_point == (each.posix == Posix::must_be));
  }
  page.measured("points, as POSIX demands: ", names[1][0]);
  page.measured("POSIX leaves it open: ", names[1][1], " (a point here); ", names[0][1],
                " (not points here)");
  page.measured("not points, as POSIX demands: ", names[0][2]);
}

void with_requests(Page& page) {
  page.text(
      "server/cancel, the library of this project, has a mutex whose wait is such "
      "a condition wait. "
      "The waiters form a queue. One Task, a request of the library, owns the mutex of account 42; "
      "a second one waits for it and is cancelled:");
  page.code("use_account");
  cancel::CancellableMutex mutex({"unlock account", "leave the queue"}, 42);
  Crew crew(page.mechanism());
  const auto use = [&mutex](Task& task) { use_account(task, mutex); };
  const auto first = crew.start(use);
  crew.run_until_ready(*first);
  const auto second = crew.start(use);
  while (second->view().waiting != "lock") sched_yield();
  const auto top = second->view().cleanup.front().what;
  const auto verdict = crew.cancel(*second);
  const bool first_lives = !first->finished();
  crew.cancel(*first);
  const auto third = crew.start(use);
  crew.run_until_ready(*third);
  crew.cancel(*third);
  page.measured("the waiter: ", name(verdict), "; on its cleanup stack: ", top,
                ". A third task then got the mutex.");
  page.verify("the waiter is cancelled while another task owns the mutex",
              verdict == cancel::Verdict::cancelled && first_lives);
}

}  // namespace

void waiting(Page& page) {
  plain_mutex(page);
  condition_wait(page);
  each_call(page);
  with_requests(page);
  page.where("server/cancel/mutex.cpp", "CancellableMutex::lock", "the wait");
  page.where("server/bank/account_lock.cpp", "owner_(txn, use_.mutex())",
             "how a transaction locks an account");
  const int push = page.line("enter", "++gate->waiting") - 1;
  const int pop = page.line("enter", "return nullptr") - 1;
  page.next("delete lines " + std::to_string(push) + " and " + std::to_string(pop) +
            " of client/lesson/waiting.cpp, scripts/build, atm lesson 6 --check; put them back, "
            "scripts/build; then atm lesson 7");
}

}  // namespace lesson
