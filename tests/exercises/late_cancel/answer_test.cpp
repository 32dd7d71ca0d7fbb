#include "tests/exercises/trial.hpp"
#include "worker.hpp"

using cancel::Verdict;
using exercise::Mechanism;

namespace {

constexpr std::string_view stuck = "The worker and the canceller wait for each other for ever.";

const exercise::Trial no_cancel{
    "two jobs without a cancel",
    {.stuck = stuck, .posix = false, .runs = 1},
    [](explore::Run& run, Mechanism) {
      Worker worker;
      Job first(1);
      Job second(2);
      run.spawn("worker", [&] {
        worker.perform(first);
        worker.perform(second);
      });
      run.go();
      run.check(!first.stopped && !second.stopped, "A job was stopped without a cancel.");
      run.check(second.stage.load() == cancel::Stage::answered, "A job did not end as answered.");
      run.check(worker.cancel(2) != Verdict::cancelled, "A job was cancelled after its end.");
    }};

const exercise::Trial one_cancel{
    "a cancel of job 1",
    {.stuck = stuck, .posix = false, .runs = 1500},
    [](explore::Run& run, Mechanism) {
      Worker worker;
      Job first(1);
      Job second(2);
      run.spawn("worker", [&] {
        exercise::note("begins job 1");
        worker.perform(first);
        exercise::note("begins job 2");
        worker.perform(second);
        exercise::note(second.stopped ? "job 2 was stopped" : "job 2 is done");
      });
      run.spawn("canceller", [&] {
        exercise::note("begins to cancel job 1");
        worker.cancel(1);
        exercise::note("has its verdict");
      });
      run.go();
      run.check(!second.stopped,
                "A cancel of job 1 stopped job 2: the worker went on to the next job while the "
                "canceller was between two of its steps.");
    }};

const exercise::Trial truth{
    "the verdict of a cancel", {.stuck = stuck, .posix = false}, [](explore::Run& run, Mechanism) {
      Worker worker;
      Job job(1);
      Verdict verdict = Verdict::invalid;
      run.spawn("worker", [&] {
        worker.perform(job);
        exercise::note(job.stopped ? "the job was stopped" : "the job is done");
      });
      run.spawn("canceller", [&] {
        exercise::note("begins to cancel the job");
        verdict = worker.cancel(1);
        exercise::note("has its verdict");
      });
      run.go();
      run.check(verdict != Verdict::cancelled || job.stopped,
                "The canceller received CANCELLED, but the job was done.");
      run.check(!job.stopped || verdict == Verdict::cancelled,
                "The job was stopped, but the canceller did not receive CANCELLED.");
    }};

}  // namespace
