#include "tests/prove/interleavings/crew.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/prove/interleavings/world.hpp"

namespace interleavings {
namespace {

/// Memory shared by the processes.
struct Shared {
  std::atomic<std::size_t> next{0};
  std::array<std::atomic<std::size_t>, 4> extents{};  // plans, by their Extent
  std::atomic<std::size_t> runs{0};
  std::atomic<std::size_t> redundant{0};
  std::atomic<std::size_t> threads{0};
  std::atomic<std::size_t> choices{0};
  std::atomic<std::size_t> violations{0};
};

// For a process that dies.
std::string current_check;
std::string current_plan;
Shared* shared = nullptr;

void print_violation(const std::string& what, const std::string& schedule) {
  const std::string line = "violation\t" + current_check + "\t" + what +
                           "\tbuild/bin/prove_interleavings --replay '" + current_plan +
                           "' --schedule '" + schedule + "'\n";
  // One write, so that the lines of several processes do not mix.
  (void)!write(STDOUT_FILENO, line.data(), line.size());
  shared->violations.fetch_add(1);
}

/// Reports std::terminate, a failed assertion or a bad access as a violation of this schedule.
void dies(int signal) {
  print_violation(std::string("the process ended: ") + strsignal(signal),
                  explore::schedule_so_far());
  _exit(1);
}

/// A run starts and ends some ten threads. glibc reuses the stacks of ended threads, but keeps at
/// most 40 MB of them. ThreadSanitizer needs more than half a MiB of each.
void use_small_stacks() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{2048} * 1024);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

void raise(std::atomic<std::size_t>& most, std::size_t to) {
  for (std::size_t now = most.load(); now < to && !most.compare_exchange_weak(now, to);) {
  }
}

void add_up(const Explored& explored, bool must_complete) {
  shared->runs.fetch_add(explored.runs);
  shared->redundant.fetch_add(explored.redundant);
  raise(shared->threads, explored.threads);
  raise(shared->choices, explored.choices);
  if (explored.failure) return print_violation(explored.failure->what, explored.failure->schedule);
  shared->extents.at(static_cast<std::size_t>(explored.extent)).fetch_add(1);
  if (must_complete && explored.extent != Extent::complete) {
    print_violation("not every class of orders was run: the plan needs more runs", "");
  }
  // Shows which plan takes how many runs.
  if (getenv("PROVE_VERBOSE") == nullptr) return;
  static constexpr std::array<const char*, 4> words{"complete", "bounded", "truncated", "sampled"};
  std::fprintf(stderr, "%s\t%zu\t%zu\t%s\n", current_plan.c_str(), explored.runs,
               explored.redundant, words.at(static_cast<std::size_t>(explored.extent)));
}

void take_plans(const std::vector<const Plan*>& plans, bool must_complete,
                const std::function<Explored(const explore::Body&)>& how) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, dies);
  for (std::size_t i = shared->next.fetch_add(1); i < plans.size(); i = shared->next.fetch_add(1)) {
    const Plan& plan = *plans[i];
    current_plan = to_string(plan);
    add_up(how([&plan](explore::Run& run) { run_plan(run, plan); }), must_complete);
  }
}

}  // namespace

Explored Explored::from(const explore::Result& result, Extent otherwise) {
  return {result.complete ? Extent::complete : otherwise,
          result.runs - result.redundant,
          result.redundant,
          result.threads,
          result.choices,
          result.failure};
}

void Explored::then(const Explored& more) {
  extent = more.extent;
  runs += more.runs;
  redundant += more.redundant;
  threads = std::max(threads, more.threads);
  choices = std::max(choices, more.choices);
  failure = more.failure;
}

Tally explore_all(const Check& check, const std::function<Explored(const explore::Body&)>& how) {
  std::vector<const Plan*> chosen;
  for (const Plan& plan : check.plans) {
    if (to_string(plan).find(check.only) != std::string::npos) chosen.push_back(&plan);
  }
  void* const memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("prove_interleavings");
    std::exit(2);
  }
  shared = new (memory) Shared;
  current_check = check.name;
  use_small_stacks();
  std::fflush(stdout);
  std::vector<pid_t> children;
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < processors; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      take_plans(chosen, check.must_complete, how);
      // The threads of a stuck run still exist, so nothing can be unwound.
      _exit(0);
    }
    if (child > 0) children.push_back(child);
  }
  if (children.empty()) take_plans(chosen, check.must_complete, how);
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) shared->violations.fetch_add(1);
  }
  const auto plans = [](Extent extent) -> std::size_t {
    return shared->extents.at(static_cast<std::size_t>(extent));
  };
  const Tally tally{
      chosen.size(),     plans(Extent::complete), plans(Extent::bounded), plans(Extent::truncated),
      shared->runs,      shared->redundant,       shared->threads,        shared->choices,
      shared->violations};
  munmap(memory, sizeof(Shared));
  return tally;
}

}  // namespace interleavings
