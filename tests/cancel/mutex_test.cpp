/// CancellableMutex: first come, first served, and a wait that a cancel can reach.

#include "server/cancel/mutex.hpp"

#include <doctest/doctest.h>
#include <sched.h>

#include "tests/cancel/crew.hpp"

using crew::Work;
using Said = std::vector<std::string>;

namespace {

constexpr cancel::CancellableMutex::Names names{"unlock", "stop waiting"};

/// One who owns the mutex until told, and others who come for it one after the other.
class Queue {
 public:
  explicit Queue(crew::Crew& crew) : crew_(crew) {
    owner_ = crew_.start([this](Work& work) {
      cancel::MutexOwner owner(work, mutex_);
      work.wait_until(
          [this] {
            crew_.signal();
            return let_go_;
          },
          "told", 0);
      owner.unlock();
      again_(work);
    });
    crew_.attend_until([this] { return owner_->view().waiting == "told"; });
  }
  /// What the owner does once it has let go. Before let_go().
  void then(Work::Body again) { again_ = std::move(again); }
  /// Returns once it waits for the mutex.
  std::shared_ptr<Work> come(const std::string& who) {
    auto work = crew_.start([this, who](Work& it) {
      const cancel::MutexOwner owner(it, mutex_);
      order_.push_back(who);
      it.say("owned");
    });
    while (work->view().waiting != "lock") sched_yield();
    return work;
  }
  void let_go() {
    owner_->wake([this] { let_go_ = true; });
  }
  const std::shared_ptr<Work>& owner() const { return owner_; }
  /// Who has owned the mutex, in order; under it, or when all are gone.
  Said& order() { return order_; }
  cancel::CancellableMutex& mutex() { return mutex_; }

 private:
  crew::Crew& crew_;
  cancel::CancellableMutex mutex_{names, 42};
  std::shared_ptr<Work> owner_;
  bool let_go_ = false;
  Work::Body again_ = [](Work&) {};
  Said order_;
};

void attend_until_none_is_left(crew::Crew& crew) {
  crew.attend_until([&] { return crew.table().size() == 0; });
}

}  // namespace

TEST_CASE("a free mutex is had at once, and is free again at the end of the scope") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  cancel::CancellableMutex mutex(names, 42);
  for (int i = 0; i < 2; ++i) {
    const auto work = crew.start([&](Work& it) {
      const cancel::MutexOwner owner(it, mutex);
      const auto view = it.view();
      it.say(std::string(view.cleanup.front().what) + " " +
             std::to_string(view.cleanup.front().subject));
      it.say(view.cleanup.front().holds_lock ? "held" : "not held");
    });
    crew.attend_until_gone(work);
    CHECK(work->said() == Said{"unlock 42", "held", "removed"});
  }
}

TEST_CASE("an uncontended lock is no cancellation point") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  cancel::CancellableMutex mutex(names, 42);
  const auto work = crew.start([&](Work& it) {
    it.cancel({}, [](cancel::Verdict) {});
    const cancel::MutexOwner owner(it, mutex);
    it.say("owned");
    cancel::pass(crew::middle);
    it.say("passed");
  });
  crew.attend_until_gone(work);
  CHECK(work->said() == Said{"owned", "told CANCELLED", "removed"});
}

TEST_CASE("first come, first served, and the one who lets go waits behind those who waited") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  queue.then([&queue](Work& work) {
    const cancel::MutexOwner owner(work, queue.mutex());
    queue.order().push_back("owner again");
  });
  for (const char* who : {"a", "b", "c"}) queue.come(who);
  queue.let_go();
  attend_until_none_is_left(crew);
  CHECK(queue.order() == Said{"a", "b", "c", "owner again"});
}

TEST_CASE("who waits shows for what, and has an entry that takes it off the queue") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  const auto waiter = queue.come("a");
  const auto view = waiter->view();
  CHECK(view.waiting_for == 42);
  CHECK(view.cleanup.front().what == "stop waiting");
  CHECK_FALSE(view.cleanup.front().holds_lock);
  queue.let_go();
  attend_until_none_is_left(crew);
}

TEST_CASE("a cancelled waiter leaves the queue, wherever it stands") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  for (std::size_t leaves = 0; leaves < 3; ++leaves) {
    CAPTURE(leaves);
    Queue queue(crew);
    const std::vector<std::shared_ptr<Work>> waiters{queue.come("0"), queue.come("1"),
                                                     queue.come("2")};
    CHECK(crew.cancel(waiters[leaves]) == cancel::Verdict::cancelled);
    crew.attend_until_gone(waiters[leaves]);
    CHECK(waiters[leaves]->said() == Said{"told CANCELLED", "removed"});
    const auto last = queue.come("3");
    queue.let_go();
    attend_until_none_is_left(crew);
    Said expected{"0", "1", "2", "3"};
    std::erase(expected, std::to_string(leaves));
    CHECK(queue.order() == expected);
  }
}

TEST_CASE("a cancelled owner hands over to who waits") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  Queue queue(crew);
  const auto waiter = queue.come("a");
  CHECK(crew.cancel(queue.owner()) == cancel::Verdict::cancelled);
  attend_until_none_is_left(crew);
  CHECK(waiter->said() == Said{"owned", "removed"});
}

TEST_CASE("many come and go, some are cancelled, and the mutex is free in the end") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 8});
  cancel::CancellableMutex mutex(names, 42);
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
  attend_until_none_is_left(crew);
  CHECK(overlaps == 0);
  const auto last = crew.start([&](Work& work) {
    const cancel::MutexOwner owner(work, mutex);
    work.say("owned");
  });
  crew.attend_until_gone(last);
  CHECK(last->said().front() == "owned");
}

TEST_CASE("cleanup may wait for a mutex, and is not cancelled there") {
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
  queue.let_go();
  crew.attend_until_gone(work);
  CHECK(work->said() == Said{"counted", "told CANCELLED", "removed"});
}
