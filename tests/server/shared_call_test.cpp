/// Requests for a job of the boss, in every order: work that is announced before a request is seen
/// by a run of the job.

#include "server/shared_call.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "tests/scheduler/explore.hpp"

namespace {

/// The boss's queue of jobs. run() ends once each of the threads that post has left.
class Desk {
 public:
  explicit Desk(int posters) : posters_(posters) {}
  void post(server::SharedCall::Job job) {
    const seam::Lock lock(mutex_);
    jobs_.push_back(std::move(job));
    ++posted_;
    ring_.notify();
  }
  void leave() {
    const seam::Lock lock(mutex_);
    --posters_;
    ring_.notify();
  }
  void run() {
    while (const server::SharedCall::Job job = next()) job();
  }
  int posted() const {
    const seam::Lock lock(mutex_);
    return posted_;
  }

 private:
  server::SharedCall::Job next() {
    const seam::Lock lock(mutex_);
    while (jobs_.empty() && posters_ > 0) ring_.wait(mutex_);
    if (jobs_.empty()) return nullptr;
    server::SharedCall::Job job = std::move(jobs_.front());
    jobs_.erase(jobs_.begin());
    return job;
  }

  mutable seam::Mutex mutex_;
  seam::Condition ring_;
  std::vector<server::SharedCall::Job> jobs_ GUARDED_BY(mutex_);
  int posters_ GUARDED_BY(mutex_);
  int posted_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

TEST_CASE("explored: work that is announced while the job runs is seen by another run") {
  bool shared = false;
  const auto result = explore::exhaustive({}, [&shared](explore::Run& run) {
    Desk desk(2);
    seam::Atomic<int> announced{0};
    int seen = 0;
    server::SharedCall call([&desk](server::SharedCall::Job job) { desk.post(std::move(job)); },
                            [&] { seen = announced.load(); });
    for (const char* name : {"one", "two"}) {
      run.spawn(name, [&] {
        announced.add(1);
        call.request();
        desk.leave();
      });
    }
    run.spawn("boss", [&] { desk.run(); });
    run.go();
    run.check(seen == 2, "a request was lost: the job did not run after it");
    shared = shared || desk.posted() == 1;
  });
  MESSAGE(result.text());
  CHECK_MESSAGE(!result.failure, result.text());
  CHECK_MESSAGE(shared, "requests before the job begins never share a run");
}
