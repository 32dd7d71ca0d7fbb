/// Verdicts: one canceller wins, and no verdict turns out wrong.

#include <algorithm>
#include <array>
#include <atomic>

#include <doctest/doctest.h>

#include "tests/cancel/crew.hpp"

using cancel::Stage;
using cancel::Verdict;
using crew::Work;

TEST_CASE("the first cancel wins; later ones receive ALREADY, before and after the end") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  std::vector<Verdict> told;
  const auto work = crew.start([&](Work& striking) {
    for (int i = 0; i < 3; ++i) {
      striking.cancel({}, [&told](Verdict verdict) { told.push_back(verdict); });
    }
    striking.say(told.empty() ? "no verdict yet" : "a verdict too early");
    cancel::pass(crew::middle);
  });
  crew.run_until_finished(work);
  CHECK(told == std::vector{Verdict::cancelled, Verdict::already, Verdict::already});
  CHECK(work->said().front() == "no verdict yet");
  CHECK(crew.cancel(work) == Verdict::already);
}

TEST_CASE("a cancel after the point of no return or an answer receives TOOLATE") {
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
  crew.run_until_finished(commits);
  const auto answers = crew.start([&](Work& work) {
    work.close_to_cancels();
    work.cancel({}, note);
  });
  crew.run_until_finished(answers);
  CHECK(told == std::vector(3, Verdict::too_late));
  CHECK(commits->stage() == Stage::unknown);
  CHECK(crew.cancel(answers) == Verdict::too_late);
  CHECK_FALSE(answers->order());
}

TEST_CASE("every canceller receives the verdict of make_durable()") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  struct Row {
    Verdict durable;
    Verdict later;
  };
  for (const Row row :
       {Row{Verdict::cancelled, Verdict::already}, Row{Verdict::unknown, Verdict::unknown},
        Row{Verdict::too_late, Verdict::too_late}}) {
    std::vector<Verdict> told;
    const auto note = [&told](Verdict verdict) { told.push_back(verdict); };
    const auto work = crew.start([&](Work& own) {
      own.make_durable_returns(row.durable);
      own.cancel({.text = {}, .durable = true}, note);
      own.cancel({}, note);
      cancel::pass(crew::middle);
    });
    crew.run_until_finished(work);
    CHECK(told == std::vector{row.durable, row.later});
    CHECK(crew.cancel(work) == row.later);
    CHECK(work->said().front() == "made durable");
    CHECK(work->said()[1] == "reply " + std::string(name(row.durable)));
  }
}

TEST_CASE("make_durable() is called only if the order asks for it") {
  crew::Crew crew(cancel::Mechanism::token);
  const auto work = crew.start([](Work& struck) {
    struck.cancel({}, [](Verdict) {});
    cancel::pass(crew::middle);
  });
  crew.run_until_finished(work);
  CHECK(work->said().front() == "reply CANCELLED");
}

TEST_CASE("the boss ends a request that is cancelled while queued") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism, {.most = 1});
  const auto first = crew.start([](Work& work) { work.wait_for_ever(); });
  crew.run_until([&] { return first->view().waiting == "ever"; });
  const auto queued = crew.start([](Work& work) { work.say("ran"); });
  CHECK(crew.workers().counts().queued == 1);
  CHECK(crew.cancel(queued, {.text = "no", .durable = true}) == Verdict::cancelled);
  CHECK(crew.workers().counts().queued == 0);
  crew.run_until_finished(queued);
  CHECK(queued->said() ==
        std::vector<std::string>{"made durable", "reply CANCELLED: no", "removed"});
  CHECK(first->stage() == Stage::running);
  CHECK(crew.cancel(first) == Verdict::cancelled);
}

TEST_CASE("of many cancellers exactly one wins, and its verdict is the outcome") {
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
    crew.run_until([&] { return all_told == cancellers; });
    for (seam::Thread& thread : threads) thread.join();
    crew.run_until_finished(work);
    const bool cancelled = work->stage() == Stage::cancelled;
    CHECK(told[static_cast<std::size_t>(Verdict::cancelled)] == (cancelled ? 1 : 0));
    CHECK(told[static_cast<std::size_t>(Verdict::already)] ==
          (cancelled ? static_cast<int>(cancellers) - 1 : 0));
    CHECK(told[static_cast<std::size_t>(Verdict::too_late)] ==
          (cancelled ? 0 : static_cast<int>(cancellers)));
    CHECK((answers || cancelled));
  }
}

TEST_CASE("on_finished() calls back once the handle is removed, or at once after that") {
  const auto mechanism = crew::either_mechanism();
  crew::Crew crew(mechanism);
  std::atomic<int> calls = 0;
  std::atomic<bool> in_table = true;
  const auto work = crew.make([](Work& waiting) { waiting.wait_for_ever(); });
  work->on_finished([&] {
    in_table = crew.table().find(work->handle()) != nullptr;
    ++calls;
    crew.signal();
  });
  REQUIRE(crew.workers().admit(work) == cancel::WorkerPool::Admission::admitted);
  crew.run_until([&] { return work->view().waiting == "ever"; });
  CHECK(calls == 0);
  CHECK(crew.cancel(work) == Verdict::cancelled);
  crew.run_until([&] { return calls != 0; });
  CHECK(calls == 1);
  CHECK_MESSAGE(!in_table, "called back while its handle still names it");
  work->on_finished([&] { ++calls; });
  CHECK(calls == 2);
}

TEST_CASE("each verdict has a name") {
  CHECK(name(Verdict::cancelled) == "CANCELLED");
  CHECK(name(Verdict::already) == "ALREADY");
  CHECK(name(Verdict::too_late) == "TOOLATE");
  CHECK(name(Verdict::invalid) == "INVALIDHANDLE");
  CHECK(name(Verdict::unknown) == "UNKNOWN");
}
