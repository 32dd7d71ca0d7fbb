/// The timeline of recorded events.

#include "client/terminal/timeline.hpp"

#include <doctest/doctest.h>

#include "tests/client/matchers.hpp"

using client::Event;
using client::timeline;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// 1-1 owns account 1 while 1-2 waits for it; 1-1 is cancelled, and 1-2 commits.
const std::vector<Event> a_cancel_and_a_commit{
    {1, 100, "1-1", "admitted", {"withdraw", "1", "0", "snack", "4", "1"}},
    {2, 110, "1-1", "granted", {"lock", "1"}},
    {3, 111, "1-1", "point", {"locked"}},
    {4, 112, "1-1", "waiting", {"hold", "0"}},
    {5, 120, "1-2", "admitted", {"deposit", "1", "0", "", "5", "teller"}},
    {6, 130, "1-2", "waiting", {"lock", "1"}},
    {7, 500, "1-1", "cancel", {"operator", "stolen"}},
    {8, 501, "1-1", "cleanup", {"ran", "unlock account", "1"}},
    {9, 502, "1-1", "released", {"lock", "1"}},
    {10, 503, "1-2", "granted", {"lock", "1"}},
    {11, 510, "1-1", "reply", {"CANCELLED", "txn 1-1"}},
    {12, 511, "1-1", "verdict", {"CANCELLED"}},
    {13, 512, "1-1", "gone", {}},
    {14, 600, "1-2", "stage", {"committing"}},
    {15, 700, "1-2", "reply", {"OK", "105"}},
    {16, 710, "1-2", "gone", {}}};

}  // namespace

TEST_CASE("a timeline has a lane for each transaction, and all that happened to it") {
  const std::string svg = timeline(a_cancel_and_a_commit, "µs");
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(svg == test::containing(">1-1 withdraw 1<"));
  CHECK(svg == test::containing(">key snack<"));
  CHECK(svg == test::containing(">1-2 deposit 1<"));
  for (const char* label :
       {">locked<", ">waits for hold<", ">waits for account 1<", ">cancel by operator: stolen<",
        ">ran unlock account 1<", ">reply CANCELLED txn 1-1<", ">verdict CANCELLED<",
        ">reply OK 105<", ">┃ no return<"}) {
    CHECK(svg == test::containing(label));
  }
  CHECK(svg == test::containing("owns account 1<"));
  CHECK(svg == test::containing("1-1 owns account 1, 1-2 waits<"));
  CHECK_MESSAGE(svg == test::containing(">account 1<"), "the arrow names its account");
  CHECK(count(svg, "in flight<") == 2);
}

TEST_CASE("a timeline needs nothing but itself, and follows the reader's light or dark") {
  const std::string svg = timeline(a_cancel_and_a_commit, "µs");
  CHECK(svg == test::containing("prefers-color-scheme:dark"));
  CHECK(count(svg, "http") == 1);  // the name of the format
  CHECK(count(svg, "<script") == 0);
  CHECK(count(svg, "<g") == count(svg, "</g>"));
}

TEST_CASE("texts in a timeline are escaped") {
  const std::string svg = timeline(
      {{1, 1, "1-1", "admitted", {"deposit", "1", "0", "<script>&\"\x1b", "4", "1"}}}, "µs");
  CHECK(svg == test::containing("key &lt;script&gt;&amp;&quot;\\x1b<"));
}

TEST_CASE("a timeline of long times is in ms, one of steps in steps") {
  std::vector<Event> events = a_cancel_and_a_commit;
  CHECK(timeline(events, "µs") == test::containing(">µs<"));
  CHECK(timeline(events, "steps") == test::containing(">steps<"));
  events.back().time_us += 1'000'000;
  CHECK(timeline(events, "µs") == test::containing(">ms<"));
}

TEST_CASE("a timeline of no events, and one that begins and ends in the middle, can be drawn") {
  CHECK(timeline({}, "µs").ends_with("</svg>\n"));
  const std::string svg = timeline({{1, 5, "1-9", "released", {"lock", "3"}},
                                    {2, 6, "1-9", "waiting", {"lock", "4"}},
                                    {12, 9, "", "missed", {"10"}}},
                                   "µs");
  CHECK(svg == test::containing(">1-9<"));
  CHECK(svg == test::containing("waits for account 4<"));
  CHECK(svg == test::containing("10 events, as this client read too slowly<"));
}
