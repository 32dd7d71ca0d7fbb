/// Holds: a request stops at the point that a hold names; there it is viewed, resumed, stepped or
/// cancelled.

#include <doctest/doctest.h>
#include <sched.h>

#include "server/cancel/holds.hpp"
#include "tests/cancel/crew.hpp"

using cancel::Stage;
using cancel::Verdict;
using crew::Work;
using Said = std::vector<std::string>;

namespace {

void all_points(Work& work) {
  const crew::Noted entry(work, "undone");
  cancel::pass(crew::started);
  cancel::pass(crew::middle);
  cancel::pass(crew::modified);
  work.point_of_no_return();
  cancel::pass(crew::committing);
  work.record_outcome(Stage::committed);
  cancel::pass(crew::answered);
}

struct Held {
  explicit Held(cancel::Mechanism mechanism, crew::Point point) : crew(mechanism) {
    crew.holds().add({point, {}, {}});
    work = crew.start(all_points, true);
    wait_at(point);
  }
  void wait_at(crew::Point point) {
    const auto there = [&] {
      const auto view = work->view();
      return view.held && view.point == point;
    };
    while (!there()) sched_yield();
  }
  crew::Crew crew;
  std::shared_ptr<Work> work;
};

}  // namespace

TEST_CASE("a hold stops where point, kind and subject match") {
  cancel::Holds holds;
  const auto concerns_7 = [](std::int64_t subject) { return subject == 7; };
  holds.add({crew::middle, 7, 1});
  CHECK(holds.stops(crew::middle, 1, concerns_7));
  CHECK_FALSE(holds.stops(crew::middle, 2, concerns_7));
  CHECK_FALSE(holds.stops(crew::started, 1, concerns_7));
  CHECK_FALSE(holds.stops(crew::middle, 1, [](std::int64_t) { return false; }));
  holds.add({crew::started, {}, {}});
  CHECK(holds.stops(crew::started, 9, [](std::int64_t) { return false; }));
  CHECK(holds.list().size() == 2);
  holds.clear();
  CHECK_FALSE(holds.stops(crew::middle, 1, concerns_7));
}

TEST_CASE("a held request shows its point, and runs to its end when resumed") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::middle);
  const auto view = held.work->view();
  CHECK(view.waiting == "hold");
  CHECK(view.stage == Stage::running);
  CHECK(view.passed == std::vector<cancel::PointIndex>{crew::queued, crew::started, crew::middle});
  CHECK(view.passed_at_us.size() == view.passed.size());
  CHECK(held.work->resume());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->stage() == Stage::committed);
  CHECK_FALSE(held.work->view().held);
  CHECK_FALSE(held.work->resume());
  CHECK_FALSE(held.work->step());
}

TEST_CASE("a request that was resumed ignores every later hold, one that was stepped does not") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::started);
  held.crew.holds().add({crew::modified, {}, {}});
  CHECK(held.work->step());
  held.wait_at(crew::middle);
  CHECK(held.work->step());
  held.wait_at(crew::modified);
  held.crew.holds().add({crew::committing, {}, {}});
  CHECK(held.work->resume());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("each step goes on to the next point, cancellable or not, up to the end") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::started);
  held.crew.holds().clear();
  for (const crew::Point next : {crew::middle, crew::modified, crew::committing, crew::answered}) {
    CHECK(held.work->step());
    held.wait_at(next);
  }
  CHECK(held.work->step());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a cancel ends a request that is held at a cancellable point") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::modified);
  CHECK(held.crew.cancel(held.work) == Verdict::cancelled);
  held.crew.run_until_finished(held.work);
  CHECK(held.work->said() == Said{"undone", "reply CANCELLED", "removed"});
  CHECK_FALSE(held.work->view().held);
  CHECK(held.work->view().passed.back() == crew::modified);
}

TEST_CASE(
    "a cancel of a request held past the point of no return is too late, and the hold remains") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::committing);
  CHECK(held.crew.cancel(held.work) == Verdict::too_late);
  CHECK(held.work->view().held);
  CHECK(held.work->resume());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a request that is cancelled before it reaches a hold is not held") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  crew.holds().add({crew::middle, {}, {}});
  const auto work = crew.start(
      [](Work& striking) {
        striking.cancel({}, [](Verdict) {});
        cancel::pass(crew::middle);
      },
      true);
  crew.run_until_finished(work);
  CHECK(work->stage() == Stage::cancelled);
}

TEST_CASE("a request held at queued gets a worker only when it is resumed") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::queued);
  CHECK(held.work->stage() == Stage::queued);
  CHECK(held.crew.workers().counts().started == 0);
  CHECK(held.work->resume());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a request held at queued that needs its own thread gets one, beyond the bound") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1});
  const auto busy = crew.start([](Work& work) { work.wait_for_ever(); });
  crew.holds().add({crew::queued, {}, {}});
  const auto alone = crew.make(all_points, true);
  alone->use_own_thread();
  REQUIRE(alone->hold_if_asked(crew::queued));
  CHECK(alone->resume());
  crew.run_until_finished(alone);
  CHECK(alone->stage() == Stage::committed);
  CHECK(crew.workers().counts().started == 2);
  crew.cancel(busy);
}

TEST_CASE("a step from queued goes to the first point on a worker") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::queued);
  CHECK(held.work->step());
  held.wait_at(crew::started);
  CHECK(held.work->resume());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a request held at queued can be cancelled there") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::queued);
  held.work->cancel({}, [](Verdict) {});
  CHECK_FALSE(held.work->view().held);
  CHECK_FALSE(held.work->resume());
  held.crew.run_until_finished(held.work);
  CHECK(held.work->said() == Said{"reply CANCELLED", "removed"});
  CHECK(held.crew.workers().counts().started == 0);
}

TEST_CASE("a request that is not watched is not held") {
  crew::Crew crew(cancel::Mechanism::token);
  crew.holds().add({crew::middle, {}, {}});
  const auto work = crew.start(all_points, false);
  crew.run_until_finished(work);
  CHECK(work->stage() == Stage::committed);
  CHECK(work->view().passed_at_us.empty());
}

namespace {

/// A request that leaves its end to the thread of the test.
class Left final : public cancel::Request {
 public:
  Left(const Options& options, crew::Crew& crew) : Request(options), crew_(crew) {}
  /// As a thread does that learns the outcome. May be called again after a park.
  void go_on() noexcept {
    if (!parked_ && parks_at(crew::answered)) {
      return;
    }
    complete();
  }
  seam::Atomic<bool> left{false};
  seam::Atomic<bool> part_done{false};
  seam::Atomic<bool> gone{false};

 protected:
  void perform() override {
    point_of_no_return();
    record_outcome(Stage::committed);
    leave();
    left.store(true);
  }
  void after_part() noexcept override {
    part_done.store(true);
    crew_.signal();
  }
  void unpark() noexcept override {
    parked_ = true;
    go_on();
  }
  Verdict make_durable(const cancel::CancelOrder&) noexcept override { return Verdict::cancelled; }
  void reply_cancelled(const cancel::CancelOrder&, Verdict) noexcept override {}
  void remove_handle() noexcept override { gone.store(true); }
  bool must_hold(cancel::PointIndex point) const override {
    return crew_.holds().stops(point, 0, [](std::int64_t) { return false; });
  }

 private:
  crew::Crew& crew_;
  bool parked_ = false;
};

std::shared_ptr<Left> left_behind(crew::Crew& crew, cancel::Mechanism mechanism) {
  const auto request =
      std::make_shared<Left>(cancel::Request::Options{mechanism, &crew.workers(), true}, crew);
  REQUIRE(crew.workers().admit(request) == cancel::WorkerPool::Admission::admitted);
  crew.run_until([&] { return request->part_done.load(); });
  return request;
}

}  // namespace

TEST_CASE(
    "a request that was left outlasts its part on the thread, with its entry, until it is "
    "completed") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto request = left_behind(crew, mechanism);
  CHECK_FALSE(request->gone.load());
  REQUIRE(request->view().cleanup.size() == 1);
  CHECK(request->view().cleanup[0].what == "finish request");
  request->go_on();
  CHECK(request->gone.load());
  CHECK(request->view().cleanup.empty());
}

TEST_CASE("a request that was left is held at a point without a thread, and resumed") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto request = left_behind(crew, mechanism);
  crew.holds().add({crew::answered, {}, {}});
  request->go_on();
  CHECK(request->view().held);
  CHECK(request->view().waiting == "hold");
  CHECK(request->view().point == crew::answered);
  CHECK_FALSE(request->gone.load());
  bool late = false;
  request->cancel({}, [&](Verdict verdict) { late = verdict == Verdict::too_late; });
  CHECK(late);
  CHECK(request->view().held);
  CHECK(request->resume());
  CHECK(request->gone.load());
  CHECK_FALSE(request->view().held);
  CHECK_FALSE(request->resume());
}
