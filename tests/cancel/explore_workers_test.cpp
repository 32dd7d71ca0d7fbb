/// A pool of one worker and two requests, in every order: no request waits while a worker is idle.

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
  Errand(cancel::Boss& boss, Desk& desk)
      : cancel::Request({cancel::Mechanism::token, &boss}), desk_(desk) {}
  seam::Time begun{};

 protected:
  void perform() override { begun = seam::now(); }
  cancel::Verdict make_final(const cancel::CancelOrder&) noexcept override {
    return cancel::Verdict::cancelled;
  }
  void tell_cancelled(const cancel::CancelOrder&, cancel::Verdict) noexcept override {}
  void remove() noexcept override { desk_.one_is_gone(); }
  bool must_hold(cancel::PointIndex) const override { return false; }

 private:
  Desk& desk_;
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
      while (desk.wait()) pool.attend();
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
