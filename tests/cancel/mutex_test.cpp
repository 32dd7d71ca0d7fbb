/// CancellableMutex: granted in the order of arrival, with a wait that a cancel can end.

#include "server/cancel/mutex.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <sched.h>

#include "tests/cancel/crew.hpp"

using crew::Work;
using Said = std::vector<std::string>;

namespace {

constexpr cancel::CancellableMutex::Names entry_names{"unlock", "stop waiting"};

/// A request that owns the mutex until release(), and others that wait for it one after the other.
class Queue {
 public:
  explicit Queue(crew::Crew& crew) : crew_(crew) {
    owner_ = crew_.start([this](Work& work) {
      cancel::MutexOwner owner(work, mutex_);
      work.wait_until(
          [this] {
            crew_.signal();
            return released_;
          },
          "release", 0);
      owner.unlock();
      again_(work);
    });
    crew_.run_until([this] { return owner_->view().waiting == "release"; });
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() { crew_.run_until_finished(owner_); }
  /// Sets what the owner does after it has unlocked. Before release().
  void then(Work::Body again) { again_ = std::move(again); }
  /// Starts a request and returns once it waits for the mutex.
  std::shared_ptr<Work> come(const std::string& who) {
    auto work = crew_.start([this, who](Work& it) {
      const cancel::MutexOwner owner(it, mutex_);
      order_.push_back(who);
      it.say("owned");
    });
    while (work->view().waiting != "lock") sched_yield();
    return work;
  }
  void release() {
    owner_->wake([this] { released_ = true; });
  }
  const std::shared_ptr<Work>& owner() const { return owner_; }
  /// The owners of the mutex, in order. Read by its owner, or when all have finished.
  Said& order() { return order_; }
  cancel::CancellableMutex& mutex() { return mutex_; }

 private:
  crew::Crew& crew_;
  cancel::CancellableMutex mutex_{entry_names, 42};
  std::shared_ptr<Work> owner_;
  bool released_ = false;
  Work::Body again_ = [](Work&) {};
  Said order_;
};

void run_until_idle(crew::Crew& crew) {
  crew.run_until([&] { return crew.table().size() == 0; });
}

}  // namespace

TEST_CASE("a free mutex is acquired at once, and is free again at the end of the scope") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  cancel::CancellableMutex mutex(entry_names, 42);
  for (int i = 0; i < 2; ++i) {
    const auto work = crew.start([&](Work& it) {
      const cancel::MutexOwner owner(it, mutex);
      const auto view = it.view();
      it.say(std::string(view.cleanup.front().what) + " " +
             std::to_string(view.cleanup.front().subject));
      it.say(view.cleanup.front().holds_lock ? "held" : "not held");
    });
    crew.run_until_finished(work);
    CHECK(work->said() == Said{"unlock 42", "held", "removed"});
  }
}

TEST_CASE("locking a free mutex is not a cancellation point") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  cancel::CancellableMutex mutex(entry_names, 42);
  const auto work = crew.start([&](Work& it) {
    it.cancel({}, [](cancel::Verdict) {});
    const cancel::MutexOwner owner(it, mutex);
    it.say("owned");
    cancel::pass(crew::middle);
    it.say("passed");
  });
  crew.run_until_finished(work);
  CHECK(work->said() == Said{"owned", "reply CANCELLED", "removed"});
}

TEST_CASE("the mutex is granted in the order of arrival, to its former owner last") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  queue.then([&queue](Work& work) {
    const cancel::MutexOwner owner(work, queue.mutex());
    queue.order().push_back("owner again");
  });
  for (const char* who : {"a", "b", "c"}) queue.come(who);
  queue.release();
  run_until_idle(crew);
  CHECK(queue.order() == Said{"a", "b", "c", "owner again"});
}

TEST_CASE("a waiter shows the subject of its wait, and has a cleanup entry that ends it") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  const auto waiter = queue.come("a");
  const auto view = waiter->view();
  CHECK(view.waiting_for == 42);
  CHECK(view.cleanup.front().what == "stop waiting");
  CHECK_FALSE(view.cleanup.front().holds_lock);
  queue.release();
  run_until_idle(crew);
}

TEST_CASE("a request that has waited for the mutex is cancelled at its next point") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  const auto work = crew.start([&](Work& waited) {
    const cancel::MutexOwner owner(waited, queue.mutex());
    waited.cancel({}, [](cancel::Verdict) {});
    cancel::pass(crew::middle);
    waited.say("went past the point");
  });
  while (work->view().waiting != "lock") sched_yield();
  queue.release();
  crew.run_until_finished(work);
  CHECK(work->said() == Said{"reply CANCELLED", "removed"});
}

TEST_CASE("a cancelled waiter leaves the queue, first, middle or last") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  for (std::size_t leaves = 0; leaves < 3; ++leaves) {
    CAPTURE(leaves);
    Queue queue(crew);
    const std::vector<std::shared_ptr<Work>> waiters{queue.come("0"), queue.come("1"),
                                                     queue.come("2")};
    CHECK(crew.cancel(waiters[leaves]) == cancel::Verdict::cancelled);
    crew.run_until_finished(waiters[leaves]);
    CHECK(waiters[leaves]->said() == Said{"reply CANCELLED", "removed"});
    const auto last = queue.come("3");
    queue.release();
    run_until_idle(crew);
    Said expected{"0", "1", "2", "3"};
    std::erase(expected, std::to_string(leaves));
    CHECK(queue.order() == expected);
  }
}

TEST_CASE("a cancelled owner grants the mutex to the next waiter") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  const auto waiter = queue.come("a");
  CHECK(crew.cancel(queue.owner()) == cancel::Verdict::cancelled);
  run_until_idle(crew);
  CHECK(waiter->said() == Said{"owned", "removed"});
}

TEST_CASE("after many lock and unlock and some are cancelled, the mutex is free") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 8});
  cancel::CancellableMutex mutex(entry_names, 42);
  int inside = 0;
  int overlaps = 0;
  std::vector<std::shared_ptr<Work>> all;
  for (int i = 0; i < 200; ++i) {
    all.push_back(crew.start([&](Work& work) {
      for (int n = 0; n < 5; ++n) {
        const cancel::MutexOwner owner(work, mutex);
        overlaps += inside++ == 0 ? 0 : 1;
        sched_yield();
        --inside;
        cancel::pass(crew::middle);
      }
    }));
    if (i % 3 == 0) all.back()->cancel({}, [](cancel::Verdict) {});
    crew.workers().run_posted();
  }
  run_until_idle(crew);
  CHECK(overlaps == 0);
  const auto last = crew.start([&](Work& work) {
    const cancel::MutexOwner owner(work, mutex);
    work.say("owned");
  });
  crew.run_until_finished(last);
  CHECK(last->said().front() == "owned");
}

TEST_CASE("cleanup may wait for a mutex and is not cancelled there") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  const auto work = crew.start([&](Work& it) {
    const cancel::Cleanup entry(
        it, {"count under the mutex"},
        [](void* argument) noexcept {
          auto& under = static_cast<Queue*>(argument)->mutex();
          const cancel::MutexOwner owner(*cancel::Request::current(), under);
          static_cast<Work*>(cancel::Request::current())->say("counted");
        },
        &queue);
    it.cancel({}, [](cancel::Verdict) {});
    cancel::pass(crew::middle);
  });
  while (work->view().waiting != "lock") {
    crew.workers().run_posted();
    sched_yield();
  }
  queue.release();
  crew.run_until_finished(work);
  CHECK(work->said() == Said{"counted", "reply CANCELLED", "removed"});
}

TEST_CASE("unlocking a mutex that no request owns changes nothing") {
  crew::Crew crew(crew::either_mechanism());
  cancel::CancellableMutex mutex(entry_names, 42);
  mutex.unlock();
  const auto work = crew.start([&](Work& it) {
    const cancel::MutexOwner owner(it, mutex);
    it.say("owned");
  });
  crew.run_until_finished(work);
  const Said said = work->said();
  CHECK_MESSAGE(std::count(said.begin(), said.end(), "owned") == 1,
                "the mutex was not granted to the next request");
}
