#include "client/lesson/calls.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/lesson/child.hpp"

namespace lesson {

namespace {

struct Call {
  const char* name;
  Posix posix;
  void (*call)();
};

sem_t semaphore;       // free
sem_t end_of_sleeper;  // not free
pthread_t sleeper;     // a thread that has not ended
int null_device = -1;
std::FILE* null_stream = nullptr;
const timespec no_time{};

void unlock(void* mutex) {
  pthread_mutex_unlock(static_cast<pthread_mutex_t*>(mutex));
}

void wait_for_condition(const timespec* until) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, &mutex);
  if (until == nullptr) pthread_cond_wait(&never, &mutex);
  if (until != nullptr) pthread_cond_timedwait(&never, &mutex, until);
  pthread_cleanup_pop(1);
}

void pass_barrier() {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 1);
  pthread_barrier_wait(&barrier);
  pthread_barrier_destroy(&barrier);
}

void lock_once() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}

void lock_to_read() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_unlock(&lock);
}

void lock_std_mutex() {
  std::mutex mutex;
  const std::lock_guard lock(mutex);
}

// Each call returns at once, or ends the thread if it is a cancellation point.
const Call calls[] = {
    {"testcancel", Posix::must_be, [] { pthread_testcancel(); }},
    {"cond_wait", Posix::must_be, [] { wait_for_condition(nullptr); }},
    {"cond_timedwait", Posix::must_be, [] { wait_for_condition(&no_time); }},
    {"pthread_join", Posix::must_be, [] { pthread_join(sleeper, nullptr); }},
    {"sem_wait", Posix::must_be, [] { sem_wait(&semaphore); }},
    {"read", Posix::must_be, [] { (void)!read(null_device, nullptr, 0); }},
    {"write", Posix::must_be, [] { (void)!write(null_device, "", 0); }},
    {"open", Posix::must_be, [] { close(open("/dev/null", O_RDONLY)); }},
    {"close", Posix::must_be, [] { close(-1); }},
    {"fsync", Posix::must_be, [] { fsync(null_device); }},
    {"poll", Posix::must_be, [] { poll(nullptr, 0, 0); }},
    {"nanosleep", Posix::must_be, [] { nanosleep(&no_time, nullptr); }},
    {"waitpid", Posix::must_be, [] { waitpid(-1, nullptr, WNOHANG); }},
    {"fflush", Posix::may_be, [] { std::fflush(null_stream); }},
    {"access", Posix::may_be, [] { (void)!access("/dev/null", R_OK); }},
    {"rwlock_rdlock", Posix::may_be, [] { lock_to_read(); }},
    {"mutex_lock", Posix::must_not_be, [] { lock_once(); }},
    {"std::mutex", Posix::must_not_be, [] { lock_std_mutex(); }},
    {"barrier_wait", Posix::must_not_be, [] { pass_barrier(); }},
    {"sem_post", Posix::must_not_be, [] { sem_post(&semaphore); }},
    {"malloc", Posix::must_not_be, [] { std::free(std::malloc(1)); }},
    {"sched_yield", Posix::must_not_be, [] { sched_yield(); }},
};

// Makes the call with a cancel pending.
void* make_call(void* call) {
  int before = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  pthread_cancel(pthread_self());
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  static_cast<const Call*>(call)->call();
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  return nullptr;
}

bool is_point(const Call& call) {
  pthread_t thread;
  void* result = nullptr;
  pthread_create(&thread, nullptr, make_call, const_cast<Call*>(&call));
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED;
}

void* sleep_until_end(void*) {
  sem_wait(&end_of_sleeper);
  return nullptr;
}

// Prints a 1 for each call that is a point, and a 0 for each other.
void print_points() {
  sem_init(&semaphore, 0, 1);
  sem_init(&end_of_sleeper, 0, 0);
  null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
  null_stream = fdopen(null_device, "w");
  std::fputs("x", null_stream);
  pthread_create(&sleeper, nullptr, sleep_until_end, nullptr);
  std::string points;
  for (const Call& each : calls) points += is_point(each) ? '1' : '0';
  std::fputs(points.c_str(), stdout);
  std::fflush(stdout);
  _exit(0);  // null_stream may be locked for ever
}

}  // namespace

std::vector<TriedCall> try_calls() {
  const Ended ended = run_in_child(print_points);
  std::vector<TriedCall> tried;
  if (!ended.done() || ended.output.size() != std::size(calls)) return tried;
  for (std::size_t i = 0; i < std::size(calls); ++i) {
    tried.push_back({calls[i].name, calls[i].posix, ended.output[i] == '1'});
  }
  return tried;
}

}  // namespace lesson
