#include "tests/prove/interleavings/plan.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/bank/reply_text.hpp"

namespace interleavings {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

}  // namespace

std::string to_string(const Plan& plan) {
  std::string text = plan.sqlite ? "sqlite " : "";
  text += plan.mechanism == cancel::Mechanism::token ? "token:" : "posix:";
  for (std::size_t i = 0; i < plan.actors.size(); ++i) {
    text += (i == 0 ? " " : " | ") + plan.actors[i];
  }
  return text;
}

Plan parse_plan(std::string_view text) {
  Plan plan;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos)
    throw std::invalid_argument("a plan begins with token: or posix:");
  std::string head = trimmed(text.substr(0, colon));
  if (head.starts_with("sqlite ")) {
    plan.sqlite = true;
    head = head.substr(7);
  }
  if (head != "token" && head != "posix") {
    throw std::invalid_argument("a plan begins with token: or posix:");
  }
  plan.mechanism = head == "token" ? cancel::Mechanism::token : cancel::Mechanism::posix;
  for (std::string_view rest = text.substr(colon + 1);;) {
    const auto bar = rest.find('|');
    plan.actors.push_back(trimmed(rest.substr(0, bar)));
    if (plan.actors.back().empty()) throw std::invalid_argument("an actor is missing");
    if (bar == std::string_view::npos) return plan;
    rest.remove_prefix(bar + 1);
  }
}

bool arrivals_matter(const Plan& plan) {
  std::set<std::string> claimed;
  std::set<std::string> reversed;
  for (const std::string& actor : plan.actors) {
    for (const char* looks : {"cancel-key", "status", "freeze"}) {
      if (actor.starts_with(looks)) return true;
    }
    const auto words = rig::split(actor);
    if (words.at(0) == "REVERSE") reversed.insert(words.at(2));
    const bool claims = words.size() > 2 && words[words.size() - 2] == "KEY";
    if (claims && !claimed.insert(words.back()).second) return true;
  }
  return std::any_of(reversed.begin(), reversed.end(),
                     [&](const std::string& key) { return claimed.contains(key); });
}

bool is_request(const std::string& actor) {
  return !actor.empty() && actor.front() >= 'A' && actor.front() <= 'Z';
}

}  // namespace interleavings
