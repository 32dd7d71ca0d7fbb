/// Requests on one CancellableMutex, and a canceller of one that waits, in every order.

#include <set>

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"
#include "tests/cancel/explored.hpp"

using cancel::Mechanism;
using cancel::Stage;
using cancel::Verdict;
using explored::Canceller;
using explored::Request;

namespace {

/// Counts how often two requests own the mutex at once.
class Inside {
 public:
  explicit Inside(int& inside, int& overlaps) : inside_(inside) {
    overlaps += inside_++ == 0 ? 0 : 1;
  }
  ~Inside() { --inside_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int& inside_;
};

struct Bench {
  explicit Bench(Mechanism the_mechanism, int requests)
      : mechanism(the_mechanism), boss(requests) {}

  std::shared_ptr<Request> visitor() {
    return std::make_shared<Request>(mechanism, boss, [this](Request& request) {
      const cancel::MutexOwner owner(request, mutex);
      const Inside within(inside, overlaps);
      request.say('o');
      request.close_to_cancels();
      request.say('a');
    });
  }
  /// Checks that one more request acquires the mutex at once.
  void check_free(explore::Run& run) {
    explored::Owner another(1);
    const auto last = std::make_shared<Request>(
        Mechanism::token, another,
        [this](Request& request) { const cancel::MutexOwner owner(request, mutex); });
    spawn_worker(run, "last", last);
    run.go();
    run.check(last->stage() == Stage::answered, "the mutex is free in the end");
  }

  const Mechanism mechanism;
  explored::Owner boss;
  cancel::CancellableMutex mutex{{"unlock", "stop waiting"}, 42};
  int inside = 0;
  int overlaps = 0;
};

bool truthful(const Request& request) {
  static const std::set<std::string> cancelled{"tr", "otr"};
  return request.stage() == Stage::cancelled ? cancelled.contains(request.said())
                                             : request.said() == "oar";
}

}  // namespace

TEST_CASE("explored: two on a mutex, the second is cancelled") {
  const auto mechanism = crew::either_mechanism();
  cancel::set_points(explored::point_table);
  std::set<std::string> ends;
  const auto result = explore::exhaustive(explored::all_orders, [&](explore::Run& run) {
    Bench bench(mechanism, 2);
    const auto one = bench.visitor();
    const auto two = bench.visitor();
    Canceller canceller;
    run.spawn("boss", [&] { bench.boss.run_posted(); });
    spawn_worker(run, "one", one);
    const auto worker = spawn_worker(run, "two", two);
    run.spawn("canceller", [&] { canceller.cancel(*two); });
    run.go();

    const bool cancelled = two->stage() == Stage::cancelled;
    run.check(one->said() == "oar", "the other is not disturbed");
    run.check(truthful(*two), "one outcome");
    run.check(canceller.times == 1 && cancelled == (canceller.verdict == Verdict::cancelled),
              "the verdict is the outcome");
    run.check(bench.overlaps == 0, "one at a time");
    run.check(one->view().cleanup.empty() && two->view().cleanup.empty(), "nothing is left");
    ends.insert(two->said());
    bench.check_free(run);
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  if (explored::sampled && !result.complete) return;
  CHECK(result.complete);
  CHECK(ends == std::set<std::string>{"tr", "otr", "oar"});
}

TEST_CASE("explored: a request that comes after the last waiter was cancelled gets the mutex") {
  const auto mechanism = crew::either_mechanism();
  cancel::set_points(explored::point_table);
  const auto result = explore::exhaustive(explored::all_orders, [&](explore::Run& run) {
    Bench bench(mechanism, 1);
    const auto keeper = std::make_shared<Request>(mechanism, bench.boss, [](Request&) {});
    bench.mutex.lock(*keeper);
    const auto waiter = bench.visitor();
    Canceller canceller;
    run.spawn("boss", [&] { bench.boss.run_posted(); });
    spawn_worker(run, "waiter", waiter);
    run.spawn("canceller", [&] { canceller.cancel(*waiter); });
    run.go();
    run.check(waiter->stage() == Stage::cancelled, "the waiter is cancelled");
    run.spawn("keeper", [&] { bench.mutex.unlock(); });
    bench.check_free(run);
  });
  CHECK_MESSAGE(!result.failure, result.text());
  CHECK((result.complete || explored::sampled));
}
