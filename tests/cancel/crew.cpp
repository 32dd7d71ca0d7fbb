#include "tests/cancel/crew.hpp"

#include <doctest/doctest.h>

namespace crew {

cancel::Mechanism either_mechanism() {
  auto mechanism = cancel::Mechanism::token;
  SUBCASE("token") {
    mechanism = cancel::Mechanism::token;
  }
  SUBCASE("posix") {
    mechanism = cancel::Mechanism::posix;
  }
  return mechanism;
}

Work::Work(const Options& options, Crew& crew, Body body)
    : Request(options), crew_(crew), handle_(crew.table().issue()), body_(std::move(body)) {}

void Work::wait_for_ever() {
  // The predicate runs under the request's mutex, which only the wait releases. A thread that is
  // woken and then acquires that mutex therefore finds the request waiting.
  wait_until(
      [this] {
        crew_.signal();
        return false;
      },
      "ever", 0);
}

cancel::Verdict Work::make_durable(const cancel::CancelOrder&) noexcept {
  say("made durable");
  return durable_;
}

void Work::reply_cancelled(const cancel::CancelOrder& order, cancel::Verdict first) noexcept {
  say("reply " + std::string(name(first)) + (order.text.empty() ? "" : ": " + order.text));
}

void Work::remove_handle() noexcept {
  say("removed");
  crew_.table().remove(handle_);
}

bool Work::must_hold(cancel::PointIndex point) const {
  return crew_.holds().stops(point, 0, [](std::int64_t) { return true; });
}

Crew::Crew(cancel::Mechanism mechanism, const cancel::WorkerPool::Options& options)
    : mechanism_(mechanism), workers_(options, [this] { event_.signal(); }) {
  cancel::set_points(point_table);
}

Crew::~Crew() {
  run_until([this] { return table_.size() == 0; });
  workers_.stop();
}

std::shared_ptr<Work> Crew::make(Work::Body body, bool watched) {
  const cancel::Request::Options options{mechanism_, &workers_, watched};
  auto work = std::make_shared<Work>(options, *this, std::move(body));
  work->on_finished([this] { event_.signal(); });
  table_.insert(work->handle(), work);
  return work;
}

std::shared_ptr<Work> Crew::start(Work::Body body, bool watched) {
  auto work = make(std::move(body), watched);
  if (work->hold_if_asked(queued)) return work;
  if (workers_.admit(work) == cancel::WorkerPool::Admission::admitted) return work;
  table_.remove(work->handle());
  return nullptr;
}

void Crew::run_until(const std::function<bool()>& holds) {
  for (;;) {
    workers_.run_posted();
    if (holds()) return;
    event_.wait();
  }
}

void Crew::run_until_finished(const std::shared_ptr<Work>& work) {
  // remove_handle() comes before the end; on_finished() is the last.
  std::atomic<bool> gone = false;
  work->on_finished([&] {
    gone = true;
    event_.signal();
  });
  run_until([&] { return gone.load(); });
}

cancel::Verdict Crew::cancel(const std::shared_ptr<Work>& work, const cancel::CancelOrder& order) {
  std::atomic<bool> told = false;
  cancel::Verdict verdict{};
  work->cancel(order, [&](cancel::Verdict it) {
    verdict = it;
    told = true;
    event_.signal();
  });
  run_until([&] { return told.load(); });
  return verdict;
}

void Noted::run(void* argument) noexcept {
  const auto& noted = *static_cast<What*>(argument);
  noted.work.say(std::string(noted.name));
}

}  // namespace crew
