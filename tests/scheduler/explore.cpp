#include "tests/scheduler/explore.hpp"

#include <algorithm>
#include <optional>

#include <pthread.h>
#include <sched.h>

#include "tests/scheduler/session.hpp"

namespace explore {

std::shared_ptr<seam::Thread> Run::spawn(std::string_view name, std::function<void()> body) {
  session_.name_next(name);
  auto thread = std::make_shared<seam::Thread>();
  if (!thread->start(std::move(body))) {
    session_.fail("the system cannot start a thread");
    return thread;
  }
  spawned_.push_back(thread);
  return thread;
}

void Run::go() {
  session_.go();
  for (const auto& thread : spawned_) {
    if (thread->started() && thread->join()) died_.push_back(thread);
  }
  spawned_.clear();
}

void Run::happen(const void* event) {
  session_.happen(event);
}

void Run::await(const void* event) {
  session_.await(event);
}

bool Run::died(const std::shared_ptr<seam::Thread>& thread) const {
  return std::find(died_.begin(), died_.end(), thread) != died_.end();
}

void Run::check(bool holds, std::string_view what) {
  if (!holds) session_.fail(what);
}

const std::vector<Step>& Run::steps() const {
  return session_.steps();
}

std::size_t Run::uncleaned() const {
  return session_.uncleaned();
}

std::string Result::text() const {
  std::string text = std::to_string(runs) + " runs (" + std::to_string(redundant) +
                     " redundant), the longest of " + std::to_string(longest) + " steps, " +
                     (complete ? "complete" : "incomplete");
  if (failure) {
    text += "\n" + failure->what + "\nschedule " + failure->schedule + "\n" + failure->trace;
  }
  return text;
}

namespace {

/// The objects of a run, shared by driver and body. A stuck run keeps them for ever.
struct Stage {
  Stage(const Options& the_options, Chooser& chooser, const Body& the_body)
      : options(the_options), session(options, chooser), body(the_body) {}
  const Options options;
  Session session;
  const Body body;
  std::optional<Run> run;
};

/// The stages of stuck runs. Keeping them here makes them reachable, so they are not leaks.
std::vector<std::shared_ptr<Stage>>& stuck_stages() {
  static auto* const stages = new std::vector<std::shared_ptr<Stage>>;
  return *stages;
}

void* run_body(void* raw) {
  const std::unique_ptr<std::shared_ptr<Stage>> stage(static_cast<std::shared_ptr<Stage>*>(raw));
  Session& session = (*stage)->session;
  seam::scheduler = &session;
  (*stage)->body((*stage)->run.emplace(session));
  (*stage)->run.reset();
  session.body_done();
  return nullptr;
}

/// Keeps the threads on one processor, where they hand over faster.
void stay_on_one_processor(pthread_attr_t& attributes) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(std::max(sched_getcpu(), 0)), &one);
  pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
}

/// Runs once. Returns false if the run is stuck; then its threads and their objects remain.
bool run_once(const std::shared_ptr<Stage>& stage) {
  pthread_t thread{};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  stay_on_one_processor(attributes);
  auto raw = std::make_unique<std::shared_ptr<Stage>>(stage);
  const int refused = pthread_create(&thread, &attributes, &run_body, raw.get());
  pthread_attr_destroy(&attributes);
  if (refused != 0) {
    stage->session.fail("the system cannot start a thread");
    return false;
  }
  (void)raw.release();
  if (!stage->session.wait_for_body()) {
    pthread_detach(thread);
    stuck_stages().push_back(stage);
    return false;
  }
  pthread_join(thread, nullptr);
  return true;
}

const Session* under_way = nullptr;

Result drive(const Options& options, Chooser& chooser, std::size_t most_runs, const Body& body) {
  Result result;
  while (result.runs < most_runs && !result.complete) {
    chooser.begin();
    const auto stage = std::make_shared<Stage>(options, chooser, body);
    const Session& session = stage->session;
    under_way = &session;
    const bool ended = run_once(stage);
    under_way = nullptr;
    ++result.runs;
    result.redundant += chooser.redundant() ? 1 : 0;
    result.longest = std::max(result.longest, session.steps().size());
    result.choices = std::max(result.choices, session.choices());
    result.threads = std::max(result.threads, session.threads());
    if (session.failure()) {
      result.failure = Failure{*session.failure(), to_string(session.schedule()), session.trace(),
                               session.columns(), session.steps().size()};
    }
    if (result.failure || !ended) return result;
    result.complete = !chooser.next();
  }
  return result;
}

}  // namespace

Result exhaustive(const Options& options, const Body& body) {
  DepthFirst chooser(options.reduce, options.preemptions);
  return drive(options, chooser, options.most_runs, body);
}

Result random(const Options& options, std::uint64_t seed, std::size_t runs, const Body& body) {
  Random chooser(seed);
  return drive(options, chooser, runs, body);
}

Result pct(const Options& options, std::uint64_t seed, int depth, std::size_t runs,
           const Body& body) {
  PriorityWithChanges chooser(seed, depth);
  return drive(options, chooser, runs, body);
}

std::string schedule_so_far() {
  return under_way == nullptr ? std::string() : to_string(under_way->schedule());
}

Result replay(const Options& options, std::string_view schedule, const Body& body) {
  Replay chooser(parse_schedule(schedule));
  return drive(options, chooser, 1, body);
}

}  // namespace explore
