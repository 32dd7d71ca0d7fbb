#include <cstdio>
#include <string_view>

#include "server/cancel/bell.hpp"
#include "server/cancel/workers.hpp"

enum Point : cancel::PointIndex { queued, counting };  // the application's own points
constexpr cancel::PointInfo point_table[] = {{"queued", true}, {"counting", true}};

struct Count : cancel::Request {
  Count(const Options& options, cancel::Bell& bell) : Request(options), bell_(bell) {}
  void perform() override {  // the work: straight down, no `if (cancelled)`
    const cancel::Cleanup buffer(
        *this, {"free buffer"}, [](void*) noexcept { std::puts("buffer freed"); }, nullptr);
    bell_.ring();
    for (std::int64_t i = 0; i < 1'000'000'000'000; ++i) cancel::pass(counting);
    point_of_no_return();  // from here on nobody can cancel it
    settle(cancel::Stage::committed);
  }
  cancel::Verdict make_final(const cancel::CancelOrder&) noexcept override {
    return cancel::Verdict::cancelled;  // what the winner is told, once it is durable
  }
  void tell_cancelled(const cancel::CancelOrder& order, cancel::Verdict) noexcept override {
    std::printf("the customer is told: cancelled, %s\n", order.text.c_str());
  }
  void remove() noexcept override { gone.store(true); }
  bool must_hold(cancel::PointIndex) const override { return false; }
  seam::Atomic<bool> gone;
  cancel::Bell& bell_;
};

int main(int argc, char** argv) {  // this thread is the boss
  const bool posix = argc > 1 && std::string_view(argv[1]) == "posix";
  cancel::set_points(point_table);
  cancel::Bell bell;
  cancel::WorkerPool workers({}, [&bell] { bell.ring(); });
  const auto mechanism = posix ? cancel::Mechanism::posix : cancel::Mechanism::token;
  const auto count = std::make_shared<Count>(cancel::Request::Options{mechanism, &workers}, bell);
  count->when_gone([&bell] { bell.ring(); });
  if (workers.admit(count) == cancel::WorkerPool::Admission::busy) return 1;
  while (count->view().cleanup.size() < 2) bell.wait();
  count->cancel({.text = "enough"}, [](cancel::Verdict verdict) {
    std::printf("the canceller is told: %s\n", name(verdict).data());
  });
  for (; !count->gone.load(); bell.wait()) workers.attend();
  workers.stop();
  std::printf("threads that died of it: %d\n", static_cast<int>(workers.counts().cancelled));
}
