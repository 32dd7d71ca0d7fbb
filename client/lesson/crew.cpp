#include "client/lesson/crew.hpp"

#include <algorithm>
#include <stdexcept>

namespace lesson {

namespace {

constexpr cancel::PointInfo point_table[] = {{"queued", true}, {"working", true}};

}  // namespace

Task::Task(const Options& options, Crew& crew, Body body)
    : Request(options), crew_(crew), body_(std::move(body)) {}

void Task::wait_for_ever() {
  // The predicate runs under the request's mutex, which only the wait releases, so a canceller
  // finds the task waiting.
  wait_until(
      [this] {
        report_ready();
        return false;
      },
      "a cancel", 0);
}

void Task::report_ready() {
  ready_.store(true);
  crew_.signal();
}

cancel::Verdict Task::make_durable(const cancel::CancelOrder&) noexcept {
  return cancel::Verdict::cancelled;
}

void Task::reply_cancelled(const cancel::CancelOrder&, cancel::Verdict) noexcept {
  cancelled_ = true;
}

Crew::Crew(const std::string& mechanism, std::size_t workers)
    : mechanism_(mechanism == "posix" ? cancel::Mechanism::posix : cancel::Mechanism::token),
      workers_({.most = workers}, [this] { event_.signal(); }) {
  cancel::set_points(point_table);
}

Crew::~Crew() {
  if (!stopped_) stop();
}

std::int64_t Crew::stop() {
  for (const auto& task : tasks_) run_until_finished(*task);
  workers_.stop();
  stopped_ = true;
  return workers_.counts().cancelled;
}

std::shared_ptr<Task> Crew::start(Task::Body body) {
  auto task = std::make_shared<Task>(cancel::Request::Options{mechanism_, &workers_}, *this,
                                     std::move(body));
  task->on_finished([this, &finished = task->finished_] {
    finished.store(true);
    event_.signal();
  });
  if (workers_.admit(task) == cancel::WorkerPool::Admission::busy) {
    throw std::runtime_error("the system refuses another thread");
  }
  tasks_.push_back(task);
  return task;
}

void Crew::run_until(const std::function<bool()>& holds) {
  for (;;) {
    workers_.run_posted();
    if (holds()) return;
    event_.wait();
  }
}

void Crew::run_until_ready(const Task& task) {
  run_until([&] { return task.ready(); });
}

void Crew::run_until_finished(const Task& task) {
  run_until([&] { return task.finished(); });
}

cancel::Verdict Crew::cancel(Task& task) {
  seam::Atomic<bool> decided;
  cancel::Verdict verdict{};
  task.cancel({}, [this, &decided, &verdict](cancel::Verdict it) {
    verdict = it;
    decided.store(true);
    signal();
  });
  run_until([&] { return decided.load(); });
  return verdict;
}

}  // namespace lesson
