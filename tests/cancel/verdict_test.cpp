/// What cancellers are told: one wins, nobody is told anything that turns out wrong.

#include <algorithm>
#include <array>
#include <atomic>

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"

using cancel::Stage;
using cancel::Verdict;
using crew::Work;

TEST_CASE("the first cancel wins, later ones are told so, before and after the end") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  std::vector<Verdict> told;
  const auto work = crew.start([&](Work& striking) {
    for (int i = 0; i < 3; ++i) {
      striking.cancel({}, [&told](Verdict verdict) { told.push_back(verdict); });
    }
    striking.say(told.empty() ? "nobody told yet" : "told too early");
    cancel::pass(crew::middle);
  });
  crew.attend_until_gone(work);
  CHECK(told == std::vector{Verdict::cancelled, Verdict::already, Verdict::already});
  CHECK(work->said().front() == "nobody told yet");
  CHECK(crew.cancel(work) == Verdict::already);
}

TEST_CASE("too late, once past the point of no return or answered") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  std::vector<Verdict> told;
  const auto note = [&told](Verdict verdict) { told.push_back(verdict); };
  const auto commits = crew.start([&](Work& work) {
    work.point_of_no_return();
    work.cancel({}, note);
    work.record_outcome(Stage::unknown);
    work.cancel({}, note);
  });
  crew.attend_until_gone(commits);
  const auto answers = crew.start([&](Work& work) {
    work.close_to_cancels();
    work.cancel({}, note);
  });
  crew.attend_until_gone(answers);
  CHECK(told == std::vector(3, Verdict::too_late));
  CHECK(commits->stage() == Stage::unknown);
  CHECK(crew.cancel(answers) == Verdict::too_late);
  CHECK_FALSE(answers->order());
}

TEST_CASE("what make_durable() says is what everybody is told") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  struct Row {
    Verdict finality;
    Verdict later;
  };
  for (const Row row :
       {Row{Verdict::cancelled, Verdict::already}, Row{Verdict::unknown, Verdict::unknown},
        Row{Verdict::too_late, Verdict::too_late}}) {
    std::vector<Verdict> told;
    const auto note = [&told](Verdict verdict) { told.push_back(verdict); };
    const auto work = crew.start([&](Work& final) {
      final.finality(row.finality);
      final.cancel({.text = {}, .durable = true}, note);
      final.cancel({}, note);
      cancel::pass(crew::middle);
    });
    crew.attend_until_gone(work);
    CHECK(told == std::vector{row.finality, row.later});
    CHECK(crew.cancel(work) == row.later);
    CHECK(work->said().front() == "made final");
    CHECK(work->said()[1] == "told " + std::string(name(row.finality)));
  }
}

TEST_CASE("an order that is not final is not made final") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& struck) {
    struck.cancel({}, [](Verdict) {});
    cancel::pass(crew::middle);
  });
  crew.attend_until_gone(work);
  CHECK(work->said().front() == "told CANCELLED");
}

TEST_CASE("a queued request is ended by the boss, without a thread") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1});
  const auto first = crew.start([](Work& work) { work.wait_for_ever(); });
  crew.attend_until([&] { return first->view().waiting == "ever"; });
  const auto queued = crew.start([](Work& work) { work.say("ran"); });
  CHECK(crew.workers().counts().queued == 1);
  CHECK(crew.cancel(queued, {.text = "no", .durable = true}) == Verdict::cancelled);
  CHECK(crew.workers().counts().queued == 0);
  crew.attend_until_gone(queued);
  CHECK(queued->said() == std::vector<std::string>{"made final", "told CANCELLED: no", "removed"});
  CHECK(first->stage() == Stage::running);
  CHECK(crew.cancel(first) == Verdict::cancelled);
}

TEST_CASE("of many threads exactly one wins, and its verdict is the outcome") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  constexpr std::size_t cancellers = 8;
  for (int round = 0; round < 20; ++round) {
    // Half of the rounds race with an answer as well.
    const bool answers = round % 2 == 0;
    const auto work = crew.start([answers](Work& busy) {
      if (!answers) busy.wait_for_ever();
    });
    std::array<std::atomic<int>, 5> told{};
    std::atomic<std::size_t> all_told = 0;
    std::array<seam::Thread, cancellers> threads;
    for (seam::Thread& thread : threads) {
      REQUIRE(thread.start([&] {
        work->cancel({}, [&](Verdict verdict) {
          ++told[static_cast<std::size_t>(verdict)];
          ++all_told;
          crew.signal();
        });
      }));
    }
    crew.attend_until([&] { return all_told == cancellers; });
    for (seam::Thread& thread : threads) thread.join();
    crew.attend_until_gone(work);
    const bool cancelled = work->stage() == Stage::cancelled;
    CHECK(told[static_cast<std::size_t>(Verdict::cancelled)] == (cancelled ? 1 : 0));
    CHECK(told[static_cast<std::size_t>(Verdict::already)] ==
          (cancelled ? static_cast<int>(cancellers) - 1 : 0));
    CHECK(told[static_cast<std::size_t>(Verdict::too_late)] ==
          (cancelled ? 0 : static_cast<int>(cancellers)));
    CHECK((answers || cancelled));
  }
}

TEST_CASE("on_finished() calls when the handle is gone, or at once if it is already") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  std::atomic<int> calls = 0;
  const auto work = crew.make([](Work& waiting) { waiting.wait_for_ever(); });
  work->on_finished([&] {
    calls += crew.table().find(work->handle()) == nullptr ? 1 : 100;
    crew.signal();
  });
  REQUIRE(crew.workers().admit(work) == cancel::WorkerPool::Admission::admitted);
  crew.attend_until([&] { return work->view().waiting == "ever"; });
  CHECK(calls == 0);
  CHECK(crew.cancel(work) == Verdict::cancelled);
  crew.attend_until([&] { return calls != 0; });
  CHECK(calls == 1);
  work->on_finished([&] { ++calls; });
  CHECK(calls == 2);
}

TEST_CASE("every verdict has its name") {
  CHECK(name(Verdict::cancelled) == "CANCELLED");
  CHECK(name(Verdict::already) == "ALREADY");
  CHECK(name(Verdict::too_late) == "TOOLATE");
  CHECK(name(Verdict::invalid) == "INVALIDHANDLE");
  CHECK(name(Verdict::unknown) == "UNKNOWN");
}
