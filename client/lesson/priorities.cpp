#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include <pthread.h>
#include <sched.h>

#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"
#include "client/lesson/pathfinder.hpp"
#include "server/cancel/mutex.hpp"

namespace lesson {

namespace {

int levels_of(int policy) {
  return sched_get_priority_max(policy) - sched_get_priority_min(policy) + 1;
}

// Spreads 1 to 10 evenly over so many levels, which count from 1.
int level_of(int java, int levels) {
  return 1 + (java - 1) * (levels - 1) / 9;
}

// Returns how many of Java's levels share one with another of them.
int sharing(int levels) {
  std::multiset<int> used;
  for (int java = 1; java <= 10; ++java) used.insert(level_of(java, levels));
  return static_cast<int>(
      std::count_if(used.begin(), used.end(), [&](int level) { return used.count(level) > 1; }));
}

constexpr const char* works = "middle works";

// Returns how many units of the middle thread came before the high one had the bus.
int units_before_high(const Events& events) {
  const auto end = std::find(events.begin(), events.end(), "high locks");
  return static_cast<int>(std::count(events.begin(), end, works));
}

std::string spelled(const Events& events) {
  std::string all;
  const auto units = std::count(events.begin(), events.end(), works);
  for (auto each = events.begin(); each != events.end(); ++each) {
    if (*each == works && each != events.begin() && *(each - 1) == works) continue;
    all += (all.empty() ? "" : ", ") + *each;
    if (*each == works) all += " " + std::to_string(units) + "x";
  }
  return all;
}

// Runs the threads; where that is refused, simulates them. The simulation must always agree.
Events run_or_simulate(Page& page, const char* name, Protocol protocol) {
  const RealRun real = run_pathfinder(protocol);
  Events simulated = simulate_pathfinder(protocol);
  if (!real.refused.empty()) return simulated;
  page.verify("the threads run as simulated, " + std::string(name) + ": " + spelled(real.events),
              real.events == simulated);
  return real.events;
}

std::vector<std::string> row(const char* name, const Events& events) {
  return {name, spelled(events), std::to_string(units_before_high(events))};
}

void use_account(Task& task, cancel::CancellableMutex& mutex, std::string& order, char name) {
  const cancel::MutexOwner owner(task, mutex);
  order += name;
  if (name == 'A') task.wait_for_ever();
}

// Four requests come to one account. Returns the order in which they get it.
std::string order_of_arrival(const std::string& mechanism) {
  cancel::CancellableMutex mutex({"unlock account", "leave the queue"}, 42);
  std::string order;
  Crew crew(mechanism);
  std::shared_ptr<Task> first;
  for (const char name : {'A', 'B', 'C', 'D'}) {
    const auto task = crew.start([&, name](Task& self) { use_account(self, mutex, order, name); });
    if (!first) crew.run_until_ready(*(first = task));
    while (task != first && task->view().waiting != "lock") sched_yield();
  }
  crew.cancel(*first);
  crew.stop();
  return order;
}

void levels(Page& page) {
  page.text(
      "A priority is a number within a scheduling policy. Under SCHED_FIFO the thread with the "
      "highest one runs until it blocks. Under SCHED_RR threads of one level take turns. "
      "SCHED_OTHER is the usual policy; it shares the processor out. POSIX wants at least 32 "
      "levels "
      "of the first two.");
  std::vector<std::vector<std::string>> rows{{"policy here", "lowest", "highest", "levels"}};
  const auto add = [&](const char* name, int policy) {
    rows.push_back({name, std::to_string(sched_get_priority_min(policy)),
                    std::to_string(sched_get_priority_max(policy)),
                    std::to_string(levels_of(policy))});
  };
  add("SCHED_FIFO", SCHED_FIFO);
  add("SCHED_RR", SCHED_RR);
  add("SCHED_OTHER", SCHED_OTHER);
  page.table(rows);
  page.verify("FIFO and RR have at least the 32 levels of POSIX",
              levels_of(SCHED_FIFO) >= 32 && levels_of(SCHED_RR) >= 32);
  const sched_param highest{sched_get_priority_max(SCHED_FIFO)};
  page.claim(
      "Levels of different policies do not compare: SCHED_OTHER refuses the highest of "
      "SCHED_FIFO",
      pthread_setschedparam(pthread_self(), SCHED_OTHER, &highest) == EINVAL);
}

void java(Page& page) {
  page.text(
      "Java has ten levels, 1 to 10, and maps them onto those of the system. Windows NT gives a "
      "thread one of 7. Here they are spread evenly:");
  page.code("level_of");
  const Question shared =
      page.ask("On 7 levels, how many of Java's ten share their level with another one?",
               {"0", "3", "6", "10"});
  std::vector<std::vector<std::string>> rows{{"Java"}};
  for (int java = 1; java <= 10; ++java) rows[0].push_back(std::to_string(java));
  for (const int many : {7, levels_of(SCHED_FIFO), levels_of(SCHED_OTHER)}) {
    rows.push_back({"on " + std::to_string(many)});
    for (int java = 1; java <= 10; ++java) {
      rows.back().push_back(std::to_string(level_of(java, many)));
    }
  }
  page.table(rows);
  page.answer(shared, std::to_string(sharing(7)),
              "1 and 2, 4 and 5, 7 and 8. So no program may need 8 to run before 7. Where an order "
              "matters, wait for a condition.",
              {{"0", "Ten do not fit into seven."},
               {"3", "Three levels are shared, each by two."},
               {"10", "All ten share one on 1 level, as in SCHED_OTHER."}});
  page.verify("all share one level, and none share a level of SCHED_FIFO",
              sharing(1) == 10 && sharing(levels_of(SCHED_FIFO)) == 0);
  page.verify("Java's pairs are those that the answer names",
              level_of(1, 7) == level_of(2, 7) && level_of(4, 7) == level_of(5, 7) &&
                  level_of(7, 7) == level_of(8, 7));
}

void inversion(Page& page) {
  page.text(
      "In 1997 the Mars Pathfinder reset itself again and again. Low gathers data and puts them on "
      "a bus, under a mutex. Middle communicates. High manages the bus; if it was late, a watchdog "
      "reset the computer. Here are the three on one processor. {wake, high} ends the await of "
      "high:");
  page.code("programs", "client/lesson/pathfinder.cpp");
  const std::string refused = run_pathfinder(Protocol::none).refused;
  if (!refused.empty()) {
    page.skip("SCHED_FIFO is refused here (" + refused +
              "), so the three are SIMULATED; as root they run for real");
  }
  const Question inverted = page.ask(
      "Low locks the bus and wakes high, which waits for it. Then low wakes middle. How "
      "many of middle's 5 units of work are done before high has the bus?",
      {"0", "1", "5"});
  const std::string manner = refused.empty() ? "" : "simulated: ";
  const Events plain = run_or_simulate(page, "no protocol", Protocol::none);
  page.measured(manner, spelled(plain));
  page.answer(inverted, std::to_string(units_before_high(plain)),
              "High waits for low, and low does not run while middle does. So middle delays high, "
              "although it does not use the bus: a priority inversion.",
              {{"0", "Middle is above low, and low has to run before high."},
               {"1", "SCHED_FIFO takes the processor away for a higher level only."}});
  page.text(
      "With PTHREAD_PRIO_INHERIT the owner of a mutex has the priority of the highest thread that "
      "waits for it. With PTHREAD_PRIO_PROTECT the mutex has a ceiling, the priority of the "
      "highest thread that ever locks it. Its owner has the ceiling from the lock on.");
  const Question locked = page.ask("With which of them does high still have to wait for the bus?",
                                   {"inherit", "ceiling", "both", "neither"});
  const Events inherited = run_or_simulate(page, "inherit", Protocol::inherit);
  const Events raised = run_or_simulate(page, "ceiling", Protocol::ceiling);
  page.table({{"protocol", manner + "order", "before high"},
              row("none", plain),
              row("inherit", inherited),
              row("ceiling", raised)});
  page.verify("5 units delay high without a protocol, and none with one",
              units_before_high(plain) == 5 && units_before_high(inherited) == 0 &&
                  units_before_high(raised) == 0);
  const auto waits = [](const Events& events) {
    return std::find(events.begin(), events.end(), "high waits") != events.end();
  };
  page.answer(locked,
              waits(inherited) && waits(raised) ? "both"
              : waits(inherited)                ? "inherit"
              : waits(raised)                   ? "ceiling"
                                                : "neither",
              "At the ceiling, high does not interrupt low: fewer switches, but the program has to "
              "state the ceiling. The Pathfinder was repaired from the Earth, by switching "
              "inheritance on.",
              {{"ceiling", "Low is at the level of high before it wakes high."},
               {"both", "With a ceiling, low is at the level of high before it wakes high."},
               {"neither", "Inheritance begins when high waits."}});
}

void one_priority(Page& page) {
  page.text(
      "All workers of this server have one priority, and the mutex of an account is granted in "
      "the order of arrival. So nothing is inverted, but nothing urgent overtakes either.");
  const std::string order = order_of_arrival(page.mechanism());
  page.measured("A, B, C and D came to one account, and got it in the order ", order, ".");
  page.verify("a mutex is granted in the order of arrival", order == "ABCD");
}

}  // namespace

void priorities(Page& page) {
  levels(page);
  java(page);
  inversion(page);
  one_priority(page);
  page.where("server/seam/thread.cpp", "bool Thread::start", "sets no priority");
  page.where("server/cancel/mutex.hpp", "owner_ GUARDED_BY", "the kernel knows no owner to raise");
  const char* const file = "client/lesson/pathfinder.cpp";
  page.next("in line " + std::to_string(page.line("programs", "// low", file)) +
            " of pathfinder.cpp, unlock before {wake, middle}, build, --check; then atm lesson 12");
}

}  // namespace lesson
