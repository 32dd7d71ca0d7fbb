/// The cleanup stack: last in, first out, however the scopes end.

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"
#include "tests/cancel/forked.hpp"

using crew::Noted;
using crew::Work;
using Said = std::vector<std::string>;

namespace {

/// The words of the request, except for those of its end.
Said undone(const std::shared_ptr<Work>& work) {
  Said said = work->said();
  std::erase(said, "removed");
  std::erase(said, "reply CANCELLED");
  return said;
}

std::vector<std::string> names(const cancel::RequestView& view) {
  std::vector<std::string> found;
  for (const cancel::CleanupName& name : view.cleanup) found.emplace_back(name.what);
  return found;
}

}  // namespace

TEST_CASE("entries run in reverse order at the end of their scopes") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& w) {
    const Noted a(w, "a");
    const Noted b(w, "b");
    const Noted c(w, "c");
  });
  crew.run_until_finished(work);
  CHECK(undone(work) == Said{"c", "b", "a"});
}

TEST_CASE("entries run in reverse order when an exception passes") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& w) {
    try {
      const Noted a(w, "a");
      const Noted b(w, "b");
      throw 1;
    } catch (int) {
      w.say("refused");
    }
  });
  crew.run_until_finished(work);
  CHECK(undone(work) == Said{"b", "a", "refused"});
}

TEST_CASE("entries run in reverse order when a cancel unwinds several functions") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& w) {
    const Noted a(w, "a");
    const auto deeper = [&w] {
      const Noted b(w, "b");
      const std::string ordinary(100, 'x');  // freed by its destructor (LeakSanitizer checks)
      const Noted c(w, "c");
      w.wait_for_ever();
    };
    deeper();
  });
  crew.run_until([&] { return work->view().waiting == "ever"; });
  crew.cancel(work);
  crew.run_until_finished(work);
  CHECK(undone(work) == Said{"c", "b", "a"});
}

TEST_CASE("pop(true) runs an entry at once, pop(false) never, and the scope's end not again") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& w) {
    Noted a(w, "a");
    Noted b(w, "b");
    Noted c(w, "c");
    c.pop(true);
    b.pop(false);
    w.say("popped");
  });
  crew.run_until_finished(work);
  CHECK(undone(work) == Said{"c", "popped", "a"});
}

TEST_CASE("popping an entry that is not the topmost ends the process") {
  CHECK(broken_rule([] {
          crew::Crew crew(cancel::Mechanism::token);
          const auto work = crew.make([](Work&) {});
          Noted a(*work, "a");
          const Noted b(*work, "b");
          a.pop(true);
        }) == "cleanup entries are popped in reverse order");
}

TEST_CASE("another thread can read the stack while the request runs") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& w) {
    const Noted a(w, "free buffer");
    const cancel::Cleanup b(
        w, {"unlock account", 42, true}, [](void*) noexcept {}, nullptr);
    w.wait_for_ever();
  });
  crew.run_until([&] { return work->view().waiting == "ever"; });
  const auto view = work->view();
  CHECK(names(view) == Said{"unlock account", "free buffer", "finish request"});
  CHECK(view.cleanup[0].subject == 42);
  CHECK(view.cleanup[0].holds_lock);
  CHECK_FALSE(view.cleanup[1].holds_lock);
  crew.cancel(work);
  crew.run_until_finished(work);
  CHECK(names(work->view()).empty());
}

TEST_CASE("reading the stack while it changes never finds a broken one") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& w) {
    for (int i = 0; i < 2000; ++i) {
      const Noted a(w, "a");
      const Noted b(w, "b");
    }
  });
  std::size_t deepest = 0;
  while (work->stage() == cancel::Stage::queued || work->stage() == cancel::Stage::running) {
    deepest = std::max(deepest, work->view().cleanup.size());
  }
  crew.run_until_finished(work);
  CHECK(deepest <= 3);
  CHECK(undone(work).size() == 4000);
}
