#include "client/bench/composer.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

using client::bench::CommandText;
using client::bench::Composed;
using client::bench::Composer;
using client::bench::Operation;
using client::bench::parse_mix;
using client::bench::Plan;

namespace {

// Returns the words of a command in RESP.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (auto at = text.find('$'); at != text.npos; at = text.find("\r\n$", at)) {
    const auto begin = text.find("\r\n", at == 0 ? 0 : at + 2) + 2;
    const auto end = text.find("\r\n", begin);
    words.emplace_back(text.substr(begin, end - begin));
    at = end;
    if (text.substr(end, 3) != "\r\n$") break;
  }
  return words;
}

Plan plan_for(const char* mix, std::int64_t accounts) {
  Plan plan;
  plan.mix = *parse_mix(mix);
  plan.first_account = 7;
  plan.accounts = accounts;
  return plan;
}

}  // namespace

TEST_CASE("a command is an array of bulk strings, and its buffer is used again") {
  CommandText command;
  CHECK(command.begin(2).add("BALANCE").add(42).text() == "*2\r\n$7\r\nBALANCE\r\n$2\r\n42\r\n");
  CHECK(command.begin(1).add("PING").text() == "*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("accounts take turns, and a transfer goes to the next one") {
  const Plan plan = plan_for("transfer", 3);
  Composer composer(plan);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"7", "8"}, {"8", "9"}, {"9", "7"}, {"7", "8"}}) {
    const auto words = words_of(composer.next().text);
    REQUIRE(words.size() == 6);
    CHECK(words[0] == "TRANSFER");
    CHECK(words[1] == from);
    CHECK(words[2] == to);
    CHECK(words[3] == "1");
    CHECK(words[4] == "KEY");
    CHECK(words[5].size() == 36);
  }
}

TEST_CASE("random accounts are all used, and a transfer is never to its own account") {
  Plan plan = plan_for("transfer", 3);
  plan.random_accounts = true;
  Composer composer(plan);
  std::set<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < 1'000; ++i) {
    const auto words = words_of(composer.next().text);
    pairs.emplace(words.at(1), words.at(2));
  }
  CHECK(pairs.size() == 6);  // of three accounts, each to each other
  for (const auto& [from, to] : pairs) CHECK(from != to);
}

TEST_CASE("the same seed gives the same requests apart from their keys, and another one others") {
  const auto drawn = [](std::uint64_t seed) {
    Plan plan = plan_for("balance:2,deposit:1", 1'000);
    plan.random_accounts = true;
    plan.seed = seed;
    Composer composer(plan);
    std::vector<std::string> heads;
    for (int i = 0; i < 20; ++i) {
      const auto words = words_of(composer.next().text);
      heads.push_back(words.at(0) + " " + words.at(1));
    }
    return heads;
  };
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
}

TEST_CASE("operations are chosen by their weights") {
  const Plan plan = plan_for("balance:3,ping:1", 1);
  Composer composer(plan);
  std::map<Operation, int> chosen;
  for (int i = 0; i < 4'000; ++i) ++chosen[composer.next().operation];
  CHECK(chosen[Operation::balance] > 2'800);
  CHECK(chosen[Operation::balance] < 3'200);
}

TEST_CASE("the given share of the writes is cancelled, by their account and key") {
  Plan plan = plan_for("deposit", 2);
  plan.cancels_percent = 25;
  Composer composer(plan);
  int cancelled = 0;
  for (int i = 0; i < 4'000; ++i) {
    const Composed composed = composer.next();
    if (composed.cancel.empty()) continue;
    ++cancelled;
    const auto request = words_of(composed.text);
    CHECK(words_of(composed.cancel) ==
          std::vector<std::string>{"CANCEL", request.at(1), request.at(4)});
  }
  CHECK(cancelled > 850);
  CHECK(cancelled < 1'150);
}
