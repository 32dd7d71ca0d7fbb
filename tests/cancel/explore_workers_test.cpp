/// A pool of one worker and two requests, in every order: no request waits while a worker is idle,
/// no request is lost when a worker retires, and a cancel strikes no other request.

#include <array>
#include <set>

#include <doctest/doctest.h>

#include "server/cancel/workers.hpp"
#include "tests/cancel/explored.hpp"

namespace {

/// Wakes the boss's thread: for posted work, and when a request has finished.
class Desk {
 public:
  explicit Desk(int requests) : left_(requests) {}
  void call() {
    const seam::Lock lock(mutex_);
    called_ = true;
    ring_.notify();
  }
  void one_is_gone() {
    const seam::Lock lock(mutex_);
    --left_;
    ring_.notify();
  }
  /// Blocks until there is something to do. Returns false once all requests have finished.
  bool wait() {
    const seam::Lock lock(mutex_);
    while (left_ > 0 && !called_) ring_.wait(mutex_);
    called_ = false;
    return left_ > 0;
  }

 private:
  seam::Mutex mutex_;
  seam::Condition ring_;
  int left_ GUARDED_BY(mutex_);
  bool called_ GUARDED_BY(mutex_) = false;
};

/// A request that notes when it got its worker.
class Errand final : public cancel::Request {
 public:
  Errand(cancel::ThreadOwner& boss, Desk& desk,
         cancel::Mechanism mechanism = cancel::Mechanism::token)
      : cancel::Request({mechanism, &boss}), desk_(desk) {}
  seam::Time begun{};
  bool ended = false;  // it was not cancelled
  /// Makes it wait, where a cancel would strike, until let_go_on(). Before it is admitted.
  void wait_in_the_middle() { waits_ = true; }
  /// Makes the other one wait until this one's work is done. Before either is admitted.
  void let_go_on_when_done(Errand& other) {
    other.wait_in_the_middle();
    awaited_by_ = &other;
  }
  void let_go_on() {
    wake([this] { waits_ = false; });
  }

 protected:
  void perform() override {
    begun = seam::now();
    wait_until([this] { return !waits_; }, "permission", 0);
    if (awaited_by_ != nullptr) awaited_by_->let_go_on();
    close_to_cancels();
    ended = true;
  }
  cancel::Verdict make_durable(const cancel::CancelOrder&) noexcept override {
    return cancel::Verdict::cancelled;
  }
  void reply_cancelled(const cancel::CancelOrder&, cancel::Verdict) noexcept override {}
  void remove_handle() noexcept override { desk_.one_is_gone(); }
  bool must_hold(cancel::PointIndex) const override { return false; }

 private:
  Desk& desk_;
  bool waits_ = false;
  Errand* awaited_by_ = nullptr;
};

}  // namespace

// Time does not pass while a thread can go on. A request that is queued while the worker becomes
// idle would have to wait until that worker retires and another is started in its place.
TEST_CASE("explored: a worker that becomes idle does not leave a request in the queue") {
  cancel::set_points(explored::point_table);
  const auto result = explore::exhaustive(explored::all_orders, [](explore::Run& run) {
    Desk desk(2);
    cancel::WorkerPool pool({.most = 1}, [&desk] { desk.call(); });
    const auto first = std::make_shared<Errand>(pool, desk);
    const auto second = std::make_shared<Errand>(pool, desk);
    const seam::Time start = seam::now();
    run.spawn("boss", [&] {
      for (const auto& errand : {first, second}) static_cast<void>(pool.admit(errand));
      while (desk.wait()) pool.run_posted();
      pool.stop();
    });
    run.go();
    run.check(first->begun == start && second->begun == start,
              "no request waits while a worker is idle");
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  CHECK(result.complete);
}

// One worker is woken for both requests of the second pair. It must wake the other one before it
// begins to work, because its own request waits for the other request.
TEST_CASE("explored: a woken worker wakes the next if more than its own request is queued") {
  cancel::set_points(explored::point_table);
  const auto result = explore::random({}, 1, explored::sampled ? 100 : 4000, [](explore::Run& run) {
    Desk desk(2);
    Desk second_desk(2);
    cancel::WorkerPool pool({.most = 2}, [&] {
      desk.call();
      second_desk.call();
    });
    std::array<std::shared_ptr<Errand>, 4> errands;
    for (std::size_t i = 0; i < errands.size(); ++i) {
      errands.at(i) = std::make_shared<Errand>(pool, i < 2 ? desk : second_desk);
    }
    errands[1]->let_go_on_when_done(*errands[0]);
    errands[3]->let_go_on_when_done(*errands[2]);
    const seam::Time start = seam::now();
    run.spawn("boss", [&] {
      for (const auto& errand : {errands[0], errands[1]}) static_cast<void>(pool.admit(errand));
      while (desk.wait()) pool.run_posted();
      for (const auto& errand : {errands[2], errands[3]}) static_cast<void>(pool.admit(errand));
      while (second_desk.wait()) pool.run_posted();
      pool.stop();
    });
    run.go();
    for (const auto& errand : errands) {
      run.check(errand->ended && errand->begun == start, "no request waits while a worker is idle");
    }
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
}

TEST_CASE("explored: a request given to a worker at the moment it retires is not lost") {
  cancel::set_points(explored::point_table);
  explore::Options at_any_time = explored::all_orders;
  at_any_time.time_is_a_choice = true;
  const auto result = explore::exhaustive(at_any_time, [](explore::Run& run) {
    Desk desk(2);
    cancel::WorkerPool pool({.most = 1}, [&desk] { desk.call(); });
    const auto first = std::make_shared<Errand>(pool, desk);
    const auto second = std::make_shared<Errand>(pool, desk);
    run.spawn("boss", [&] {
      for (const auto& errand : {first, second}) {
        run.check(pool.admit(errand) == cancel::WorkerPool::Admission::admitted,
                  "the pool refuses no request while a thread can be started");
      }
      while (desk.wait()) pool.run_posted();
      pool.stop();
    });
    run.go();
    run.check(first->ended && second->ended, "every admitted request runs");
    run.check(pool.counts().workers == 0, "no worker is left");
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  CHECK((result.complete || explored::sampled));
}

// A late cancel finds its request answered, and the worker about to take the next one or running
// it. A cancel in time takes the worker with it, and another one is started.
TEST_CASE("explored: a cancel of one request never strikes the worker's next") {
  cancel::set_points(explored::point_table);
  std::set<bool> ends;
  const auto result = explore::exhaustive(explored::all_orders, [&](explore::Run& run) {
    Desk desk(2);
    cancel::WorkerPool pool({.most = 1}, [&desk] { desk.call(); });
    const auto first = std::make_shared<Errand>(pool, desk, cancel::Mechanism::posix);
    const auto second = std::make_shared<Errand>(pool, desk, cancel::Mechanism::posix);
    second->wait_in_the_middle();
    explored::Canceller canceller;
    std::size_t workers = 0;
    for (const auto& errand : {first, second}) static_cast<void>(pool.admit(errand));
    run.spawn("boss", [&] {
      while (desk.wait()) pool.run_posted();
      pool.stop();
      workers = pool.counts().workers;
    });
    run.spawn("canceller", [&] {
      canceller.cancel(*first);
      second->let_go_on();
    });
    run.go();
    const bool cancelled = first->stage() == cancel::Stage::cancelled;
    run.check(cancelled != first->ended, "the request is either cancelled or runs to its end");
    run.check(
        cancelled == (canceller.verdict == cancel::Verdict::cancelled) && canceller.times == 1,
        "the verdict is the outcome");
    run.check(second->ended && second->stage() == cancel::Stage::answered,
              "the next request is not disturbed");
    run.check(workers == 0, "no worker is left");
    ends.insert(cancelled);
  });
  MESSAGE(result.text());
  CHECK_FALSE(result.failure);
  if (explored::sampled && !result.complete) return;
  CHECK(result.complete);
  CHECK(ends.size() == 2);
}
