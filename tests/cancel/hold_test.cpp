/// Holds: a request stops where it is told to, can be looked at, let go, led on or cancelled there.

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

TEST_CASE("a held request shows where it stands, and goes on to its end when resumed") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::middle);
  const auto view = held.work->view();
  CHECK(view.waiting == "hold");
  CHECK(view.stage == Stage::running);
  CHECK(view.passed == std::vector<cancel::PointIndex>{crew::queued, crew::started, crew::middle});
  CHECK(view.passed_at_us.size() == view.passed.size());
  CHECK(held.work->resume());
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->stage() == Stage::committed);
  CHECK_FALSE(held.work->view().held);
  CHECK_FALSE(held.work->resume());
  CHECK_FALSE(held.work->step());
}

TEST_CASE("a step leads to the next point, cancellable or not, through to the end") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::started);
  held.crew.holds().clear();
  for (const crew::Point next : {crew::middle, crew::modified, crew::committing, crew::answered}) {
    CHECK(held.work->step());
    held.wait_at(next);
  }
  CHECK(held.work->step());
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a cancel takes a held request from a point where it is honoured") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::modified);
  CHECK(held.crew.cancel(held.work) == Verdict::cancelled);
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->said() == Said{"undone", "told CANCELLED", "removed"});
  CHECK_FALSE(held.work->view().held);
  CHECK(held.work->view().passed.back() == crew::modified);
}

TEST_CASE("where a cancel is not honoured it is too late, and the request stays held") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::committing);
  CHECK(held.crew.cancel(held.work) == Verdict::too_late);
  CHECK(held.work->view().held);
  CHECK(held.work->resume());
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a request cancelled on its way to a hold is not held") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  crew.holds().add({crew::middle, {}, {}});
  const auto work = crew.start(
      [](Work& striking) {
        striking.cancel({}, [](Verdict) {});
        cancel::pass(crew::middle);
      },
      true);
  crew.attend_until_gone(work);
  CHECK(work->stage() == Stage::cancelled);
}

TEST_CASE("a request held at queued gets no worker until it is let go") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::queued);
  CHECK(held.work->stage() == Stage::queued);
  CHECK(held.crew.workers().counts().started == 0);
  CHECK(held.work->resume());
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a request held at queued that is to be alone gets its own thread, beyond the bound") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1});
  const auto busy = crew.start([](Work& work) { work.wait_for_ever(); });
  crew.holds().add({crew::queued, {}, {}});
  const auto alone = crew.make(all_points, true);
  alone->be_alone();
  REQUIRE(alone->hold_if_asked(crew::queued));
  CHECK(alone->resume());
  crew.attend_until_gone(alone);
  CHECK(alone->stage() == Stage::committed);
  CHECK(crew.workers().counts().started == 2);
  crew.cancel(busy);
}

TEST_CASE("a step from queued leads to the first point on a worker") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::queued);
  CHECK(held.work->step());
  held.wait_at(crew::started);
  CHECK(held.work->resume());
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->stage() == Stage::committed);
}

TEST_CASE("a request held at queued is cancelled there, and is held no more") {
  const auto mechanism = crew::either_mechanism();
  Held held(mechanism, crew::queued);
  held.work->cancel({}, [](Verdict) {});
  CHECK_FALSE(held.work->view().held);
  CHECK_FALSE(held.work->resume());
  held.crew.attend_until_gone(held.work);
  CHECK(held.work->said() == Said{"told CANCELLED", "removed"});
  CHECK(held.crew.workers().counts().started == 0);
}

TEST_CASE("a request that nobody watches is not held") {
  crew::Crew crew(cancel::Mechanism::token);
  crew.holds().add({crew::middle, {}, {}});
  const auto work = crew.start(all_points, false);
  crew.attend_until_gone(work);
  CHECK(work->stage() == Stage::committed);
  CHECK(work->view().passed_at_us.empty());
}
