#include "tests/exercises/trial.hpp"
#include "worker.hpp"

using cancel::Verdict;
using exercise::Mechanism;

namespace {

const exercise::Trial two_cancels{
    "two cancels of job 1", {.posix = false, .runs = 1000}, [](explore::Run& run, Mechanism) {
      Worker worker;
      Job first(1);
      Job second(2);
      seam::Atomic<int> winners{0};
      const auto cancel = [&] {
        if (worker.cancel(1) == Verdict::cancelled) winners.add(1);
      };
      run.spawn("worker", [&] {
        worker.perform(first);
        worker.perform(second);
      });
      run.spawn("one", cancel);
      run.spawn("other", cancel);
      run.go();
      run.check(!second.stopped, "A cancel of job 1 stopped job 2.");
      run.check(winners.load() == (first.stopped ? 1 : 0),
                "Not exactly one canceller received CANCELLED for a job that stopped.");
    }};

}  // namespace
