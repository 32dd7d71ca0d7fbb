/// A cancel at every point and in every wait, under either mechanism: the request ends there, and
/// nothing is left behind.

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"

using cancel::Stage;
using cancel::Verdict;
using crew::Work;
using Said = std::vector<std::string>;

namespace {

void pass_and_say(Work& work, crew::Point point) {
  cancel::pass(point);
  work.say("passed " + std::string(crew::point_table[point].name));
}

/// Passes all points, with a cleanup entry pushed after each of the first two, and cancels itself
/// right before the target. To the request that is the same as a cancel by another thread.
Work::Body strike_before(crew::Point target, cancel::CancelOrder order = {}) {
  return [=](Work& work) {
    const auto reach = [&](crew::Point point) {
      if (point == target) work.cancel(order, [](Verdict) {});
      pass_and_say(work, point);
    };
    reach(crew::started);
    const crew::Noted first(work, "first undone");
    reach(crew::middle);
    const crew::Noted second(work, "second undone");
    reach(crew::modified);
    work.point_of_no_return();
    reach(crew::committing);
    work.record_outcome(Stage::committed);
    reach(crew::answered);
  };
}

}  // namespace

TEST_CASE("a cancel ends the request at its next point, and what it held is undone in reverse") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const std::vector<Said> expected{{"reply CANCELLED", "removed"},
                                   {"passed started", "first undone", "reply CANCELLED", "removed"},
                                   {"passed started", "passed middle", "second undone",
                                    "first undone", "reply CANCELLED", "removed"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto work = crew.start(strike_before(crew::cancellable_points[i]));
    crew.run_until_finished(work);
    CHECK(work->said() == expected[i]);
    CHECK(work->stage() == Stage::cancelled);
    CHECK(work->view().cleanup.empty());
  }
}

TEST_CASE("a request cancelled at a point that is not cancellable runs to its end") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  for (const crew::Point late : {crew::committing, crew::answered}) {
    const auto work = crew.start(strike_before(late));
    crew.run_until_finished(work);
    CHECK(work->said() == Said{"passed started", "passed middle", "passed modified",
                               "passed committing", "passed answered", "second undone",
                               "first undone", "removed"});
    CHECK(work->stage() == Stage::committed);
  }
  crew.run_until([&] { return crew.table().size() == 0; });
  CHECK(crew.workers().counts().cancelled == 0);
}

TEST_CASE("a cancel that came first wins against the point of no return and against an answer") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto commits = crew.start([](Work& work) {
    work.cancel({}, [](Verdict) {});
    work.point_of_no_return();
    work.say("committing");
  });
  const auto answers = crew.start([](Work& work) {
    work.cancel({}, [](Verdict) {});
    work.close_to_cancels();
    work.say("answered");
  });
  const auto runs_off_the_end = crew.start([](Work& work) { work.cancel({}, [](Verdict) {}); });
  for (const auto& work : {commits, answers, runs_off_the_end}) {
    crew.run_until_finished(work);
    CHECK(work->stage() == Stage::cancelled);
    CHECK(work->said() == Said{"reply CANCELLED", "removed"});
  }
}

TEST_CASE("a request whose perform() returns counts as answered") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work&) {});
  crew.run_until_finished(work);
  CHECK(work->stage() == Stage::answered);
  CHECK(work->said() == Said{"removed"});
}

TEST_CASE("a cancel ends the wait of a request") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& waiting) {
    const crew::Noted entry(waiting, "undone");
    waiting.wait_for_ever();
  });
  crew.run_until([&] { return work->view().waiting == "ever"; });
  CHECK(crew.cancel(work, {.text = "enough"}) == Verdict::cancelled);
  crew.run_until_finished(work);
  CHECK(work->said() == Said{"undone", "reply CANCELLED: enough", "removed"});
  CHECK(work->view().waiting.empty());
  CHECK(work->order()->text == "enough");
}

TEST_CASE("a request goes on when its wait ends, and not when it is only woken") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  bool ready = false;
  seam::Atomic<int> looks{0};
  const auto work = crew.start([&](Work& waiting) {
    waiting.wait_until(
        [&] {
          looks.add(1);
          crew.signal();
          return ready;
        },
        "signal", 7);
    waiting.say("woken");
  });
  crew.run_until([&] { return work->view().waiting == "signal"; });
  CHECK(work->view().waiting_for == 7);
  work->wake([] {});
  crew.run_until([&] { return looks.load() == 2; });
  CHECK(work->view().waiting == "signal");
  work->wake([&] { ready = true; });
  crew.run_until_finished(work);
  CHECK(work->said() == Said{"woken", "removed"});
}

TEST_CASE("a request that pops an entry after the cancel still ends at its next point") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& busy) {
    {
      const crew::Noted entry(busy, "released");
      busy.cancel({}, [](Verdict) {});
    }
    pass_and_say(busy, crew::middle);
  });
  crew.run_until_finished(work);
  CHECK(work->said() == Said{"released", "reply CANCELLED", "removed"});
}

TEST_CASE("points passed by cleanup are neither cancellation points nor traced") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  struct Passing {
    Work& work;
    cancel::Cleanup entry{
        work, {"passes a point"}, [](void*) noexcept { cancel::pass(crew::middle); }, nullptr};
  };
  const auto work = crew.start([](Work& passing) {
    const Passing entry{passing};
    passing.cancel({}, [](Verdict) {});
    cancel::pass(crew::started);
  });
  crew.run_until_finished(work);
  CHECK(work->stage() == Stage::cancelled);
  CHECK(work->view().passed == std::vector<cancel::PointIndex>{crew::queued, crew::started});
}

TEST_CASE("the trace keeps the first points of a request that passes very many") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& long_one) {
    for (int n = 0; n < 100; ++n) cancel::pass(n % 2 == 0 ? crew::started : crew::middle);
    long_one.say("done");
  });
  crew.run_until_finished(work);
  CHECK(work->said().front() == "done");
  const auto passed = work->view().passed;
  REQUIRE(passed.size() >= 3);
  CHECK(passed.size() < 100);
  CHECK(passed[0] == crew::queued);
  CHECK(passed[1] == crew::started);
  CHECK(passed[2] == crew::middle);
}

TEST_CASE("a point outside a request does nothing") {
  cancel::set_points(crew::point_table);
  cancel::pass(crew::started);
  CHECK(cancel::Request::current() == nullptr);
}

TEST_CASE("points() returns the table that was set") {
  cancel::set_points(crew::point_table);
  CHECK(cancel::points().data() == crew::point_table);
  CHECK(cancel::points().size() == std::size(crew::point_table));
}
