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
    session_.fail("the system refused a thread");
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

/// All that a run needs, shared by driver and body; a stuck run keeps it for ever.
struct Scene {
  Scene(const Options& the_options, Chooser& chooser, const Body& the_body)
      : options(the_options), session(options, chooser), body(the_body) {}
  const Options options;
  Session session;
  const Body body;
  std::optional<Run> run;
};

/// The scenes of stuck runs. While they are referred to from here, they are not a leak.
std::vector<std::shared_ptr<Scene>>& stuck_scenes() {
  static auto* const scenes = new std::vector<std::shared_ptr<Scene>>;
  return *scenes;
}

void* run_body(void* raw) {
  const std::unique_ptr<std::shared_ptr<Scene>> scene(static_cast<std::shared_ptr<Scene>*>(raw));
  Session& session = (*scene)->session;
  seam::scheduler = &session;
  (*scene)->body((*scene)->run.emplace(session));
  (*scene)->run.reset();
  session.body_done();
  return nullptr;
}

/// Keeps the run on one processor: threads that run one at a time hand over faster there.
void stay_on_one_processor(pthread_attr_t& attributes) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(std::max(sched_getcpu(), 0)), &one);
  pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
}

/// Returns false if the run is stuck; its threads, and all that they use, stay.
bool run_once(const std::shared_ptr<Scene>& scene) {
  pthread_t thread{};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  stay_on_one_processor(attributes);
  auto raw = std::make_unique<std::shared_ptr<Scene>>(scene);
  const int refused = pthread_create(&thread, &attributes, &run_body, raw.get());
  pthread_attr_destroy(&attributes);
  if (refused != 0) {
    scene->session.fail("the system refused a thread");
    return false;
  }
  (void)raw.release();
  if (!scene->session.wait_for_body()) {
    pthread_detach(thread);
    stuck_scenes().push_back(scene);
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
    const auto scene = std::make_shared<Scene>(options, chooser, body);
    const Session& session = scene->session;
    under_way = &session;
    const bool ended = run_once(scene);
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

std::string columns_so_far() {
  return under_way == nullptr ? std::string() : under_way->columns();
}

Result replay(const Options& options, std::string_view schedule, const Body& body) {
  Replay chooser(parse_schedule(schedule));
  return drive(options, chooser, 1, body);
}

}  // namespace explore
