#include <cstdio>
#include <string_view>

#include "server/cancel/event.hpp"
#include "server/cancel/workers.hpp"

enum Point : cancel::PointIndex { queued, counting };  // the application's own points
constexpr cancel::PointInfo point_table[] = {{"queued", true}, {"counting", true}};

struct Count : cancel::Request {
  Count(const Options& options, cancel::Event& event) : Request(options), event_(event) {}
  void perform() override {  // the work: straight down, no `if (cancelled)`
    const cancel::Cleanup buffer(
        *this, {"free buffer"}, [](void*) noexcept { std::puts("buffer freed"); }, nullptr);
    event_.signal();
    for (std::int64_t i = 0; i < 1'000'000'000'000; ++i) cancel::pass(counting);
    point_of_no_return();  // cancellation is disabled from here on
    record_outcome(cancel::Stage::committed);
  }
  cancel::Verdict make_durable(const cancel::CancelOrder&) noexcept override {
    return cancel::Verdict::cancelled;  // the winner's verdict, once the cancel is durable
  }
  void reply_cancelled(const cancel::CancelOrder& order, cancel::Verdict) noexcept override {
    std::printf("reply to the customer: cancelled, %s\n", order.text.c_str());
  }
  void remove_handle() noexcept override { finished.store(true); }
  bool must_hold(cancel::PointIndex) const override { return false; }
  seam::Atomic<bool> finished;
  cancel::Event& event_;
};

int main(int argc, char** argv) {  // this thread is the boss
  const bool posix = argc > 1 && std::string_view(argv[1]) == "posix";
  cancel::set_points(point_table);
  cancel::Event event;
  cancel::WorkerPool workers({}, [&event] { event.signal(); });
  const auto mechanism = posix ? cancel::Mechanism::posix : cancel::Mechanism::token;
  const auto count = std::make_shared<Count>(cancel::Request::Options{mechanism, &workers}, event);
  count->on_finished([&event] { event.signal(); });
  if (workers.admit(count) == cancel::WorkerPool::Admission::busy) return 1;
  while (count->view().cleanup.size() < 2) event.wait();
  count->cancel({.text = "enough"}, [](cancel::Verdict verdict) {
    std::printf("verdict for the canceller: %s\n", name(verdict).data());
  });
  for (; !count->finished.load(); event.wait()) workers.run_posted();
  workers.stop();
  std::printf("threads ended by the cancel: %d\n", static_cast<int>(workers.counts().cancelled));
}
