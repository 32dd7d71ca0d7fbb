/// How the game understands a typed line, and reads the file of a mistake.

#include "client/lesson/mistakes/typed.hpp"

#include <doctest/doctest.h>

#include "client/lesson/mistakes/mistake.hpp"

using lesson::InFlight;
using lesson::understand;
using Words = std::vector<std::string>;

namespace {

const std::vector<InFlight> in_flight{
    {"1-3", "deposit", 1, "gift", "running", "locked", "hold", {1}},
    {"1-4", "reverse", 1, "rent", "running", "locked", "hold", {2}}};

}  // namespace

TEST_CASE("A customer's command is about account 1, and a write has a key") {
  const auto typed = understand("deposit 20.00", 7, {});
  CHECK(typed.words == Words{"--account", "1", "deposit", "20.00", "--key", "key7"});
  CHECK(typed.name == "deposit");
  CHECK(typed.key == lesson::Key{1, "key7"});
  CHECK(typed.sends);
  CHECK(typed.fault.empty());
}

TEST_CASE("An account and a key that are typed stay") {
  const auto typed = understand("atm --account 2 transfer 1 5.00 --key=rent &", 1, {});
  CHECK(typed.words == Words{"--account", "2", "transfer", "1", "5.00", "--key=rent"});
  CHECK(typed.key == lesson::Key{2, "rent"});
}

TEST_CASE("A key after @ becomes the handle of its request in flight") {
  const auto typed = understand("admin cancel @gift --reason 'not mine'", 1, in_flight);
  CHECK(typed.words == Words{"admin", "cancel", "1-3", "--reason", "not mine"});
  CHECK(typed.name == "admin cancel");
  CHECK(typed.key == lesson::Key{1, "gift"});
  CHECK(!typed.sends);
  CHECK(understand("admin step @none", 1, in_flight).fault ==
        "no request with the key none is in flight");
}

TEST_CASE("The key of a reverse names another request, which a cancel of it does not concern") {
  CHECK(understand("admin cancel 1-4", 1, in_flight).key.second.empty());
}

TEST_CASE("A customer's cancel names its key, and the operator's commands have no account") {
  CHECK(understand("cancel later", 1, {}).key == lesson::Key{1, "later"});
  CHECK(understand("admin hold add locked", 1, {}).words ==
        Words{"admin", "hold", "add", "locked"});
  CHECK(understand("admin hold add locked", 1, {}).name == "admin hold add");
}

TEST_CASE("A word that is no command is refused by its name") {
  CHECK(understand("foo bar", 1, {}).fault == "there is no command foo; type help");
  CHECK(understand("balance", 1, {}).fault.empty());
  CHECK(understand("admin audit", 1, {}).fault.empty());
}

TEST_CASE("Commands that would end or leave the game are refused") {
  for (const char* line : {"&", "admin", "admin drain", "lesson 1", "--json"}) {
    CAPTURE(line);
    CHECK(!understand(line, 1, {}).fault.empty());
  }
}

TEST_CASE("The file of a mistake has each field, and no other") {
  std::string text =
      "Title: t\nMinutes: 5\nMechanism: token\nGoal: g\n  on\nWins: w\nAbout: a\nHint: h\n"
      "Hint: i\nCommand: c\nWhy: y\nWhere: f | x | s\nPlan: p\nSchedule: 1\nBreaks: b\n";
  const auto mistake = lesson::parse_mistake("name", text + "\none | two\n");
  CHECK(mistake.goal == "g\non");
  CHECK(mistake.hints == Words{"h", "i"});
  CHECK(mistake.columns == "one | two\n");
  CHECK_THROWS_WITH(lesson::parse_mistake("name", text + "Extra: e\n"), "unknown field Extra");
  CHECK_THROWS_WITH(lesson::parse_mistake("name", text.substr(text.find('\n') + 1)),
                    "no field Title");
  CHECK_THROWS_WITH(lesson::parse_mistake("name", "nonsense\n"), "not a field: nonsense");
}
