#include "client/lesson/pathfinder.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>

#include "client/lesson/child.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

// From the lowest priority to the highest.
enum Thread : std::size_t { low, middle, high };

enum Action { await, wake, lock, unlock, work };

struct Step {
  Action action;
  Thread woken = low;
};

const std::array<std::vector<Step>, 3> programs{{
    {{lock}, {wake, high}, {wake, middle}, {unlock}},   // low
    {{await}, {work}, {work}, {work}, {work}, {work}},  // middle
    {{await}, {lock}, {unlock}},                        // high
}};

std::string event(Thread thread, const char* what) {
  constexpr std::array<const char*, 3> names{"low", "middle", "high"};
  return std::string(names.at(thread)) + " " + what;
}

// ── For real ────────────────────────────────────────────────────────────────────────────────────

pthread_mutex_t bus;
std::array<sem_t, 3> alarms;
std::array<std::string, 20> noted;
std::atomic<std::size_t> noted_count = 0;

void note(Thread thread, const char* what) {
  noted.at(noted_count++) = event(thread, what);
}

void perform(Thread self, const Step& step) {
  switch (step.action) {
    case await:
      sem_wait(&alarms.at(self));
      return;
    case wake:
      sem_post(&alarms.at(step.woken));
      return;
    case lock:
      if (pthread_mutex_trylock(&bus) != 0) {
        note(self, "waits");
        pthread_mutex_lock(&bus);
      }
      note(self, "locks");
      return;
    case unlock:
      pthread_mutex_unlock(&bus);
      return;
    case work:
      note(self, "works");
  }
}

void* run_program(void* thread) {
  const Thread self = *static_cast<Thread*>(thread);
  for (const Step& step : programs.at(self)) perform(self, step);
  return nullptr;
}

// Puts the calling thread on one processor, above the other three. A loop without an end would be
// killed after a second. Returns an error number, or 0.
int take_one_processor(int level) {
  constexpr rlimit a_second{1'000'000, 1'000'000};
  setrlimit(RLIMIT_RTTIME, &a_second);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof one, &one);
  const sched_param param{level};
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
}

void make_bus(Protocol protocol, int highest) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (protocol == Protocol::inherit) {
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  }
  if (protocol == Protocol::ceiling) {
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_PROTECT);
    pthread_mutexattr_setprioceiling(&attributes, highest);
  }
  pthread_mutex_init(&bus, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

int start(pthread_t& id, Thread& thread, int level) {
  pthread_attr_t attributes;
  const sched_param param{level};
  pthread_attr_init(&attributes);
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
  pthread_attr_setschedparam(&attributes, &param);
  const int error = pthread_create(&id, &attributes, run_program, &thread);
  pthread_attr_destroy(&attributes);
  return error;
}

// Prints the events, or why there are none.
void print_events(Protocol protocol) {
  const int lowest = sched_get_priority_min(SCHED_FIFO);
  int error = take_one_processor(lowest + 3);
  make_bus(protocol, lowest + static_cast<int>(high));
  for (sem_t& each : alarms) sem_init(&each, 0, 0);
  std::array<Thread, 3> threads{high, middle, low};
  std::array<pthread_t, 3> ids{};
  for (std::size_t i = 0; i < 3 && error == 0; ++i) {
    error = start(ids.at(i), threads.at(i), lowest + static_cast<int>(threads.at(i)));
  }
  if (error != 0) {
    std::printf("refused\n%s", strerrordesc_np(error));
    return;
  }
  for (const pthread_t each : ids) pthread_join(each, nullptr);
  for (std::size_t i = 0; i < noted_count; ++i) std::puts(noted.at(i).c_str());
}

// ── Simulated ───────────────────────────────────────────────────────────────────────────────────

struct Simulation {
  Protocol protocol;
  std::array<std::size_t, 3> done{};  // actions of each thread
  std::array<bool, 3> woken{};
  std::array<bool, 3> waits{};  // for the bus
  std::optional<Thread> owner;  // of the bus
  Events events;

  const Step& next(Thread thread) const { return programs.at(thread).at(done.at(thread)); }

  bool can_run(Thread thread) const {
    if (done.at(thread) == programs.at(thread).size()) return false;
    if (next(thread).action == await) return woken.at(thread);
    return next(thread).action != lock || !owner || !waits.at(thread);
  }

  Thread priority(Thread thread) const {
    if (owner != thread || protocol == Protocol::none) return thread;
    if (protocol == Protocol::ceiling || waits[high]) return high;
    return waits[middle] ? std::max(thread, middle) : thread;
  }

  void run(Thread thread) {
    const Step& step = next(thread);
    if (step.action == lock && owner) {
      waits.at(thread) = true;
      events.push_back(event(thread, "waits"));
      return;
    }
    ++done.at(thread);
    if (step.action == wake) woken.at(step.woken) = true;
    if (step.action == unlock) owner.reset();
    if (step.action == work) events.push_back(event(thread, "works"));
    if (step.action != lock) return;
    owner = thread;
    waits.at(thread) = false;
    events.push_back(event(thread, "locks"));
  }
};

}  // namespace

RealRun run_pathfinder(Protocol protocol) {
  const Ended ended = run_in_child([protocol] { print_events(protocol); });
  RealRun run;
  for (std::string_view rest = ended.output; !rest.empty();) {
    run.events.emplace_back(client::take_until(rest, '\n'));
  }
  if (!ended.done()) run.events = {ended.spelled()};
  if (run.events.front() != "refused") return run;
  return {{}, run.events.back()};
}

Events simulate_pathfinder(Protocol protocol) {
  Simulation simulation{protocol, {}, {}, {}, {}, {}};
  for (;;) {
    std::optional<Thread> next;
    for (const Thread each : {low, middle, high}) {
      if (!simulation.can_run(each)) continue;
      if (!next || simulation.priority(each) > simulation.priority(*next)) next = each;
    }
    if (!next) return simulation.events;
    simulation.run(*next);
  }
}

}  // namespace lesson
