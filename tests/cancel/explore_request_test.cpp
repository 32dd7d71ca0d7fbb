/// One request and its cancellers, in every order.

#include <set>

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"
#include "tests/cancel/explored.hpp"

using cancel::Mechanism;
using cancel::Stage;
using cancel::Verdict;
using explored::Canceller;
using explored::Noted;
using explored::Request;

namespace {

/// Passes two points, each after pushing an entry, and the point of no return.
void commits(Request& request) {
  const Noted one(request, '1');
  cancel::pass(explored::first);
  const Noted two(request, '2');
  cancel::pass(explored::second);
  request.point_of_no_return();
  request.say('c');
  request.record_outcome(Stage::committed);
}

void answers(Request& request) {
  const Noted one(request, '1');
  cancel::pass(explored::first);
  request.close_to_cancels();
  request.say('a');
}

/// Whether the request's words fit its last stage.
bool one_outcome(const Request& request) {
  static const std::set<std::string> cancelled{"tr", "1tr", "21tr"};
  switch (request.stage()) {
    case Stage::cancelled:
      return cancelled.contains(request.said());
    case Stage::committed:
      return request.said() == "c21r";
    case Stage::answered:
      return request.said() == "a1r";
    default:
      return false;
  }
}

struct Seen {
  std::set<std::string> ends;
  std::set<bool> died;
};

/// Explores one request and its cancellers: in every order the winner alone receives CANCELLED.
explore::Result explore_cancel(Mechanism mechanism, const Request::Body& body,
                               std::size_t cancellers, Seen& seen) {
  cancel::set_points(explored::point_table);
  return explore::exhaustive(explored::all_orders, [&, cancellers](explore::Run& run) {
    explored::Owner boss(1);
    const auto request = std::make_shared<Request>(mechanism, boss, body);
    std::vector<Canceller> all(cancellers);
    run.spawn("boss", [&] { boss.run_posted(); });
    const auto worker = spawn_worker(run, "worker", request);
    for (Canceller& one : all) run.spawn("canceller", [&] { one.cancel(*request); });
    run.go();

    run.check(one_outcome(*request), "one outcome, cleanup once and in reverse");
    run.check(request->view().cleanup.empty(), "nothing is left on the cleanup stack");
    const bool cancelled = request->stage() == Stage::cancelled;
    std::size_t winners = 0;
    for (const Canceller& one : all) {
      run.check(one.times == 1, "a canceller receives one verdict");
      run.check(one.struck.won == (one.verdict == Verdict::cancelled),
                "CANCELLED is the winner's verdict");
      run.check((one.verdict == Verdict::too_late) == !cancelled, "too late if it went on");
      winners += one.struck.won ? 1 : 0;
    }
    run.check(winners == (cancelled ? 1U : 0U), "one winner");
    const bool unstarted = request->said() == "tr" && !run.died(worker);
    run.check(run.died(worker) == (mechanism == Mechanism::posix && cancelled && !unstarted),
              "the thread dies of a cancel under posix, and of nothing else");
    seen.ends.insert(request->said());
    seen.died.insert(run.died(worker));
  });
}

}  // namespace

TEST_CASE("explored: a request that commits, and one canceller") {
  const auto mechanism = crew::either_mechanism();
  Seen seen;
  const auto result = explore_cancel(mechanism, commits, 1, seen);
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  if (explored::sampled && !result.complete) return;
  CHECK(result.complete);
  CHECK(seen.ends == std::set<std::string>{"tr", "1tr", "21tr", "c21r"});
  CHECK(seen.died.size() == (mechanism == Mechanism::posix ? 2 : 1));
}

TEST_CASE("explored: a request that answers, and two cancellers") {
  const auto mechanism = crew::either_mechanism();
  Seen seen;
  const auto result = explore_cancel(mechanism, answers, 2, seen);
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  if (explored::sampled && !result.complete) return;
  CHECK(result.complete);
  CHECK(seen.ends == std::set<std::string>{"tr", "1tr", "a1r"});
}

TEST_CASE("explored: a callback that is registered while the request ends is called once") {
  cancel::set_points(explored::point_table);
  const auto result = explore::exhaustive(explored::all_orders, [](explore::Run& run) {
    explored::Owner boss(1);
    const auto request = std::make_shared<Request>(Mechanism::token, boss, answers);
    int calls = 0;
    bool before_removal = false;
    spawn_worker(run, "worker", request);
    run.spawn("watcher", [&] {
      request->on_finished([&] {
        ++calls;
        before_removal = request->said().find('r') == std::string::npos;
      });
    });
    run.go();
    run.check(calls == 1, "a callback of on_finished() was lost, or called twice");
    run.check(!before_removal, "called back before the handle was removed");
  });
  CHECK_MESSAGE(!result.failure, result.text());
  CHECK((result.complete || explored::sampled));
}
