/// A pool of one worker and two requests, in every order: no request waits while a worker is idle,
/// and a cancel strikes the request it is for and no other.

#include <set>

#include <doctest/doctest.h>

#include "server/cancel/workers.hpp"
#include "tests/cancel/explored.hpp"

namespace {

/// The boss's thread: called by others, and by requests that are gone.
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
  /// False once all are gone.
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

/// Notes when it got its worker.
class Errand final : public cancel::Request {
 public:
  Errand(cancel::ThreadOwner& boss, Desk& desk,
         cancel::Mechanism mechanism = cancel::Mechanism::token)
      : cancel::Request({mechanism, &boss}), desk_(desk) {}
  seam::Time begun{};
  bool ended = false;  // it came to its end by itself
  /// Before it is admitted: it waits for its word, where a cancel would strike.
  void wait_for_word() { waits_ = true; }
  void give_word() {
    wake([this] { waits_ = false; });
  }

 protected:
  void perform() override {
    begun = seam::now();
    wait_until([this] { return !waits_; }, "word", 0);
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
};

}  // namespace

// Time stands still as long as anybody can run. A request that is queued while the worker goes idle
// would have to wait until that retires, and another is started in its place.
TEST_CASE("explored: a queued request is not forgotten by a worker that becomes idle") {
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

// A cancel that comes late, when its request has been answered and the worker is about to take the
// next one, or has; and one that comes in time takes the worker with it, and another is started.
TEST_CASE("explored: a cancel of one request never strikes the worker's next") {
  cancel::set_points(explored::point_table);
  std::set<bool> ends;
  const auto result = explore::exhaustive(explored::all_orders, [&](explore::Run& run) {
    Desk desk(2);
    cancel::WorkerPool pool({.most = 1}, [&desk] { desk.call(); });
    const auto first = std::make_shared<Errand>(pool, desk, cancel::Mechanism::posix);
    const auto second = std::make_shared<Errand>(pool, desk, cancel::Mechanism::posix);
    second->wait_for_word();
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
      second->give_word();
    });
    run.go();
    const bool cancelled = first->stage() == cancel::Stage::cancelled;
    run.check(cancelled != first->ended, "cancelled, or come to its end");
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
