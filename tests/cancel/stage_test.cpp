/// The stage word against its table of transitions: those in the table are possible, no others.

#include "server/cancel/stage.hpp"

#include <array>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "tests/cancel/forked.hpp"
#include "tests/cancel/printed.hpp"

using cancel::Stage;
using cancel::StageWord;

namespace {

constexpr std::array all_stages{Stage::queued,     Stage::running,  Stage::committing,
                                Stage::committed,  Stage::unknown,  Stage::answered,
                                Stage::cancelling, Stage::cancelled};

void bring_to(StageWord& word, Stage stage) {
  if (stage == Stage::queued) return;
  if (stage == Stage::cancelling || stage == Stage::cancelled) {
    word.cancel();
    if (stage == Stage::cancelled) word.end(stage);
    return;
  }
  word.start();
  if (stage == Stage::running) return;
  if (stage == Stage::answered) {
    word.answer();
    return;
  }
  word.begin_commit();
  if (stage != Stage::committing) word.end(stage);
}

struct Change {
  const char* name;
  std::function<bool(StageWord&)> make;
  std::function<bool(Stage)> possible_from;
  Stage to;
};

const std::array<Change, 4> changes{{
    {"start", [](StageWord& w) { return w.start(); }, [](Stage s) { return s == Stage::queued; },
     Stage::running},
    {"cancel", [](StageWord& w) { return w.cancel().won; },
     [](Stage s) { return s == Stage::queued || s == Stage::running; }, Stage::cancelling},
    {"begin_commit", [](StageWord& w) { return w.begin_commit(); },
     [](Stage s) { return s == Stage::running; }, Stage::committing},
    {"answer", [](StageWord& w) { return w.answer(); }, [](Stage s) { return s == Stage::running; },
     Stage::answered},
}};

/// Whether the table has a last transition from one stage to the other.
bool can_end(Stage from, Stage last) {
  if (last == Stage::cancelled) return from == Stage::cancelling;
  return from == Stage::committing;
}

}  // namespace

TEST_CASE("a request begins queued") {
  CHECK(StageWord().load() == Stage::queued);
}

TEST_CASE("a transition succeeds exactly where the table has it") {
  for (const Stage from : all_stages) {
    for (const Change& change : changes) {
      CAPTURE(name(from));
      CAPTURE(change.name);
      StageWord word;
      bring_to(word, from);
      REQUIRE(word.load() == from);
      const bool possible = change.possible_from(from);
      CHECK(change.make(word) == possible);
      CHECK(word.load() == (possible ? change.to : from));
      CHECK(word.glance() == word.load());
    }
  }
}

TEST_CASE("a cancel returns the stage that it found") {
  for (const Stage from : all_stages) {
    StageWord word;
    bring_to(word, from);
    CHECK(word.cancel().found == from);
  }
}

TEST_CASE("a last transition that the table does not have ends the process") {
  for (const Stage from : all_stages) {
    for (const Stage last : {Stage::committed, Stage::unknown, Stage::answered, Stage::cancelled}) {
      CAPTURE(name(from));
      CAPTURE(name(last));
      StageWord word;
      bring_to(word, from);
      if (can_end(from, last)) {
        word.end(last);
        CHECK(word.load() == last);
      } else {
        CHECK(broken_rule([&] { word.end(last); }) ==
              "only the thread that ends a request makes its last transition");
      }
    }
  }
}

TEST_CASE("each stage has a name of its own") {
  for (const Stage one : all_stages) {
    CHECK_FALSE(name(one).empty());
    for (const Stage other : all_stages) CHECK((name(one) == name(other)) == (one == other));
  }
}
