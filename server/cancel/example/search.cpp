/// Several threads search the same read-only numbers; the first to find its number cancels the
/// rest. (The opening example of chapter 4 of Pthreads Programming.)
///
///     search [token|posix]

#include <iostream>
#include <numeric>
#include <string_view>

#include "server/cancel/event.hpp"
#include "server/cancel/handle_table.hpp"
#include "server/cancel/workers.hpp"

namespace {

enum Point : cancel::PointIndex { queued, searching };
constexpr cancel::PointInfo point_names[] = {{"queued", true}, {"searching", true}};

struct Search;
using Searches = cancel::HandleTable<Search>;

struct Search : cancel::Request {
  Search(const Options& options, Searches& all, const std::vector<int>& numbers, std::size_t from,
         int wanted)
      : Request(options),
        all_(all),
        handle_(all.issue()),
        numbers_(numbers),
        from_(from),
        wanted_(wanted) {}
  /// Starts at `from_` and goes round and round until it finds the number or is cancelled.
  void perform() override {
    for (std::size_t i = from_;; i = (i + 1) % numbers_.size()) {
      cancel::pass(searching);
      if (numbers_[i] != wanted_) continue;
      close_to_cancels();  // no other search can cancel this one any more
      std::cout << "search " << to_string(handle_) << " found " << wanted_ << " at " << i << "\n";
      for (const auto& other : all_.all()) other->cancel({}, [](cancel::Verdict) {});
      return;
    }
  }
  cancel::Verdict make_durable(const cancel::CancelOrder&) noexcept override {
    return cancel::Verdict::cancelled;
  }
  void reply_cancelled(const cancel::CancelOrder&, cancel::Verdict) noexcept override {
    cancelled_ = true;
  }
  void remove_handle() noexcept override { all_.remove(handle_); }
  bool must_hold(cancel::PointIndex) const override { return false; }

  Searches& all_;
  const cancel::Handle handle_;
  const std::vector<int>& numbers_;
  const std::size_t from_;
  const int wanted_;
  bool cancelled_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const bool posix = argc > 1 && std::string_view(argv[1]) == "posix";
  cancel::set_points(point_names);
  std::vector<int> numbers(1'000'000);
  std::iota(numbers.begin(), numbers.end(), 0);

  cancel::Event event;
  cancel::WorkerPool workers({.most = 4}, [&event] { event.signal(); });
  Searches searches(1);
  std::vector<std::shared_ptr<Search>> started;
  for (std::size_t i = 0; i < 4; ++i) {
    const cancel::Request::Options options{
        posix ? cancel::Mechanism::posix : cancel::Mechanism::token, &workers};
    // Only the last search can find its number; the others look for one that is not there.
    const int wanted = i == 3 ? 777'777 : -1;
    started.push_back(std::make_shared<Search>(options, searches, numbers, i * 250'000, wanted));
    searches.insert(started.back()->handle_, started.back());
  }
  for (const auto& search : started) {
    search->on_finished([&event] { event.signal(); });
    if (workers.admit(search) == cancel::WorkerPool::Admission::busy) return 1;
  }
  while (searches.size() > 0) {
    event.wait();
    workers.run_posted();
  }
  workers.stop();
  int cancelled = 0;
  for (const auto& search : started) cancelled += search->cancelled_ ? 1 : 0;
  std::cout << cancelled << " searches were cancelled, and it ended " << workers.counts().cancelled
            << " threads.\n";
}
