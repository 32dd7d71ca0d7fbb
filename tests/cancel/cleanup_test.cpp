/// The cleanup stack: last in, first out, whichever way the scopes end.

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"
#include "tests/cancel/forked.hpp"

using crew::Noted;
using crew::Work;
using Said = std::vector<std::string>;

namespace {

/// What was said, without what the end of a request says.
Said undone(const std::shared_ptr<Work>& work) {
  Said said = work->said();
  std::erase(said, "removed");
  std::erase(said, "told CANCELLED");
  return said;
}

std::vector<std::string> names(const cancel::RequestView& view) {
  std::vector<std::string> found;
  for (const cancel::CleanupName& name : view.cleanup) found.emplace_back(name.what);
  return found;
}

}  // namespace

TEST_CASE("scopes that run off their end undo in reverse") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& w) {
    const Noted a(w, "a");
    const Noted b(w, "b");
    const Noted c(w, "c");
  });
  crew.attend_until_gone(work);
  CHECK(undone(work) == Said{"c", "b", "a"});
}

TEST_CASE("an exception undoes in reverse") {
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
  crew.attend_until_gone(work);
  CHECK(undone(work) == Said{"b", "a", "refused"});
}

TEST_CASE("a cancel undoes in reverse, through functions that know nothing of it") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& w) {
    const Noted a(w, "a");
    const auto deeper = [&w] {
      const Noted b(w, "b");
      const std::string ordinary(100, 'x');  // what RAII owns goes too (LeakSanitizer looks)
      const Noted c(w, "c");
      w.wait_for_ever();
    };
    deeper();
  });
  crew.attend_until([&] { return work->view().waiting == "ever"; });
  crew.cancel(work);
  crew.attend_until_gone(work);
  CHECK(undone(work) == Said{"c", "b", "a"});
}

TEST_CASE("pop(true) executes now, pop(false) never, and neither again at the end of the scope") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& w) {
    Noted a(w, "a");
    Noted b(w, "b");
    Noted c(w, "c");
    c.pop(true);
    b.pop(false);
    w.say("popped");
  });
  crew.attend_until_gone(work);
  CHECK(undone(work) == Said{"c", "popped", "a"});
}

TEST_CASE("popping any but the topmost ends the process") {
  CHECK(broken_rule([] {
          crew::Crew crew(cancel::Mechanism::token);
          const auto work = crew.make([](Work&) {});
          Noted a(*work, "a");
          const Noted b(*work, "b");
          a.pop(true);
        }) == "cleanup entries are popped in reverse order");
}

TEST_CASE("anybody may look at the stack while the request runs") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  const auto work = crew.start([](Work& w) {
    const Noted a(w, "free buffer");
    const cancel::Cleanup b(
        w, {"unlock account", 42, true}, [](void*) noexcept {}, nullptr);
    w.wait_for_ever();
  });
  crew.attend_until([&] { return work->view().waiting == "ever"; });
  const auto view = work->view();
  CHECK(names(view) == Said{"unlock account", "free buffer", "finish request"});
  CHECK(view.cleanup[0].subject == 42);
  CHECK(view.cleanup[0].holds_lock);
  CHECK_FALSE(view.cleanup[1].holds_lock);
  crew.cancel(work);
  crew.attend_until_gone(work);
  CHECK(names(work->view()).empty());
}

TEST_CASE("looking all the while it changes never finds a half of it") {
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
  crew.attend_until_gone(work);
  CHECK(deepest <= 3);
  CHECK(undone(work).size() == 4000);
}
