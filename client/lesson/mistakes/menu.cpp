#include "client/lesson/mistakes/menu.hpp"

#include <csignal>
#include <iostream>

#include <unistd.h>

#include "client/lesson/keyboard.hpp"
#include "client/lesson/mistakes/build.hpp"
#include "client/lesson/mistakes/game.hpp"
#include "client/terminal/lines.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

void list(const std::vector<Mistake>& mistakes) {
  std::vector<std::vector<std::string>> rows{{"mistake", "about", "goal"}};
  for (const Mistake& each : mistakes) {
    rows.push_back({each.name, std::to_string(each.minutes) + " min", each.title});
  }
  std::cout << "Each is a small mistake in a server that you then try to break.\n\n"
            << client::columns(rows, {false, true, false}) << "\nnext: atm lesson mistakes "
            << mistakes.front().name << "\n";
}

std::vector<std::string> completions(const std::string& line) {
  std::vector<std::string> found;
  for (const char* each :
       {"deposit ", "withdraw ", "transfer ", "balance", "status ", "history", "admin hold add ",
        "admin hold clear", "admin cancel ", "admin step ", "admin resume ", "admin show ",
        "admin list", "admin freeze ", "admin audit", "admin info", "hint", "give up", "help"}) {
    const std::string candidate(each);
    if (!candidate.starts_with(line)) continue;
    // libedit replaces the last word.
    found.push_back(candidate.substr(line.rfind(' ') + 1));
  }
  return found;
}

// Hands the learner's lines to the game until it is over.
void read_lines(Game& game, bool is_typed) {
  if (is_typed) {
    client::Interrupt interrupt;
    {
      const client::CaughtSignals caught(interrupt, {SIGINT, SIGTERM, SIGHUP});
      const auto refuse = [](const std::string& complaint) { put(complaint + "\n"); };
      client::read_typed_lines(interrupt, {"game> ", completions, refuse},
                               [&](const std::string& line) { return game.perform(line); });
    }
    const int fatal = interrupt.fatal_signal();
    if (fatal == SIGTERM || fatal == SIGHUP) client::obey_signal(fatal);
    return;
  }
  while (const auto line = read_line()) {
    put("game> " + client::printable(*line) + "\n");
    if (!game.perform(*line)) return;
  }
}

int play(const Mistake& mistake, bool correct, const Manner& manner) {
  const std::string program = correct ? "atm-server" : build_with_mistake(mistake.name, false);
  Game game(mistake, program, correct, manner);
  game.introduce();
  read_lines(game, manner.asks);
  game.close();
  return exit_done;
}

// Follows the last hint. Returns the violations.
std::vector<std::string> follow(const Mistake& mistake, bool correct, const Manner& manner) {
  const std::string program = correct ? "atm-server" : build_with_mistake(mistake.name, true);
  Game game(mistake, program, correct, manner);
  for (const std::string& command : mistake.commands) {
    if (!game.perform(command)) break;
  }
  return game.won();
}

bool check(const Mistake& mistake, const Manner& manner) {
  const auto broken = follow(mistake, false, manner);
  const auto correct = follow(mistake, true, manner);
  const std::string subject = "mistake " + mistake.name + ": ";
  if (broken.empty()) put(subject + "its hints do not win\n");
  for (const auto& each : correct)
    put(subject + "its hints beat the correct server: " + each + "\n");
  if (broken.empty() || !correct.empty()) return false;
  put(subject + "won, because " + broken.front() + "; the correct server is not beaten\n");
  return true;
}

}  // namespace

int play_mistakes(const std::string& name, bool correct, const Manner& manner) {
  const auto mistakes = all_mistakes();
  if (name.empty()) {
    list(mistakes);
    return exit_done;
  }
  bool found = false;
  bool holds = true;
  for (const Mistake& each : mistakes) {
    if (each.name != name && !(manner.check && name == "all")) continue;
    found = true;
    if (!manner.check) return play(each, correct, manner);
    holds = check(each, manner) && holds;
  }
  if (found) return holds ? exit_done : exit_failed;
  std::cerr << "atm lesson: there is no mistake " << client::printable(name)
            << "; atm lesson mistakes lists them\n";
  return exit_usage;
}

}  // namespace lesson
