/// The live view, and the model that it shows.

#include "client/terminal/ladders.hpp"

#include <doctest/doctest.h>

#include "server/bank/points.hpp"
#include "tests/client/terminal/replies.hpp"

using client::Event;
using client::InFlight;
using client::ladders;
using client::Reply;
using client::View;
using test::list;
using test::number;
using test::text;

namespace {

// The reply to TXN SHOW of a deposit to account 1 that waits for it.
Reply shown(const std::string& handle) {
  return list({text("handle"),  text(handle),
               text("op"),      text("deposit"),
               text("account"), number(1),
               text("to"),      number(0),
               text("key"),     text(""),
               text("stage"),   text("running"),
               text("point"),   text("lock-wait"),
               text("waiting"), text("lock 1"),
               text("age_us"),  number(2'000'000),
               text("locks"),   list({}),
               text("cleanup"), list({text("finish request")})});
}

InFlight two_in_flight() {
  InFlight model;
  for (const Event& event :
       std::vector<Event>{{1, 0, "1-5", "admitted", {"withdraw", "1", "0", "snack", "4", "1"}},
                          {2, 1, "1-5", "stage", {"running"}},
                          {3, 2, "1-5", "cleanup", {"pushed", "finish request", "0"}},
                          {4, 3, "1-5", "granted", {"lock", "1"}},
                          {5, 4, "1-5", "cleanup", {"pushed", "unlock account", "1"}},
                          {6, 5, "1-5", "point", {"locked"}},
                          {7, 6, "1-5", "waiting", {"hold", "0"}},
                          {8, 7, "1-6", "admitted", {"transfer", "1", "2", "", "5", "1"}},
                          {9, 8, "1-6", "point", {"lock-wait"}},
                          {10, 9, "1-6", "waiting", {"lock", "1"}}}) {
    model.apply(event);
  }
  return model;
}

void check_lines(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == expected[i]);
}

}  // namespace

TEST_CASE("a ladder has the points of the server in their order, and the line where it has it") {
  REQUIRE(client::rungs.size() == bank::point_descriptions.size());
  for (std::size_t i = 0; i < client::rungs.size(); ++i) {
    CHECK(client::rungs[i] == bank::point_descriptions[i].name);
    CHECK((i < client::cancellable_rungs) == bank::point_descriptions[i].cancellable);
  }
}

TEST_CASE("the view shows each transaction on its ladder, who waits for it, and what it holds") {
  check_lines(
      ladders(two_in_flight(), {"1-5", "1-5: done", 1'500'000, 80, 11}),
      {
          "atm admin watch: 2 in flight",
          "  handle  what             point; ┃: no cancel from here  state      held   age",
          "> 1-5     withdraw 1       ━━━━◆─────┃─────  locked     hold        2    1.500 s",
          "    └► 1-6 waits for account 1",
          "    key snack",
          "    cleanup: unlock account 1, finish request",
          "  1-6     transfer 1→2     ━━━◆──────┃─────  lock-wait  waits: 1    0    1.500 s",
          "",
          "",
          "1-5: done",
          "j/k select   s step   r resume   c cancel   q quit",
      });
}

TEST_CASE("a small screen shows the selected transaction, and cuts lines to its width") {
  const auto lines = ladders(two_in_flight(), {"1-6", "", 0, 20, 6});
  check_lines(lines, {"atm admin watch: 2 i", "  handle  what      ", "    └► 1-6 waits for",
                      "> 1-6     transfer 1", "", "j/k select   s step "});
  CHECK(ladders(two_in_flight(), {"1-6", "", 0, 20, 1}).size() == 1);
}

TEST_CASE("text from the server does not drive the terminal that shows the view") {
  InFlight model;
  model.apply({1, 0, "1-1", "admitted", {"deposit", "1", "0", "a\x1b[2J", "4", "1"}});
  for (const std::string& line : ladders(model, {"1-1", "", 0, 80, 10})) {
    CHECK(line.find('\x1b') == line.npos);
  }
}

TEST_CASE(
    "a transaction leaves the view when it is gone, and a late canceller does not revive it") {
  InFlight model = two_in_flight();
  model.apply({11, 10, "1-5", "cancel", {"operator", "stolen"}});
  CHECK_MESSAGE(model.all()[0].waits == "hold", "a cancel does not end the wait");
  CHECK(model.owner_of("1") == &model.all()[0]);
  model.apply({12, 11, "1-5", "cleanup", {"ran", "unlock account", "1"}});
  model.apply({13, 12, "1-5", "released", {"lock", "1"}});
  CHECK(model.all()[0].waits.empty());
  CHECK(model.all()[0].cleanup.size() == 1);
  CHECK(model.owner_of("1") == nullptr);
  model.apply({14, 13, "1-5", "gone", {}});
  model.apply({15, 14, "1-5", "verdict", {"TOOLATE"}});
  REQUIRE(model.all().size() == 1);
  CHECK(model.all()[0].handle == "1-6");
}

TEST_CASE("a transaction that was in flight before is added, unless its events say more") {
  InFlight model = two_in_flight();
  model.add(shown("1-4"), 5'000'000);
  const client::Flight& added = model.all().back();
  CHECK(added.waits == "lock");
  CHECK(added.waits_for == "1");
  CHECK(added.since_us == 3'000'000);
  CHECK(added.cleanup == std::vector<std::string>{"finish request"});
  model.add(shown("1-5"), 5'000'000);
  CHECK_MESSAGE(model.all()[0].waits == "hold", "the events are later than the reply");
  model.apply({11, 10, "1-4", "gone", {}});
  model.add(shown("1-4"), 5'000'000);
  CHECK_MESSAGE(model.all().size() == 2, "it has been seen to end");
}

TEST_CASE("missed events empty the view, and are counted") {
  InFlight model = two_in_flight();
  model.apply({30, 20, "", "missed", {"20"}});
  CHECK(model.all().empty());
  CHECK(ladders(model, {"", "", 0, 80, 5})[0] == "atm admin watch: 0 in flight, 20 events missed");
}
