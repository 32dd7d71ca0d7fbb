#include "client/lesson/mistakes/game.hpp"

#include <algorithm>
#include <csignal>

#include <poll.h>

#include "client/lesson/mistakes/observe.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

// Facts that must last: a correct server may be slow.
constexpr int confirmations = 10;
constexpr int between_confirmations_ms = 200;

constexpr std::int64_t opening_balance = 10'000;

std::vector<std::string> in_both(const std::vector<std::string>& one,
                                 const std::vector<std::string>& other) {
  std::vector<std::string> both;
  std::copy_if(one.begin(), one.end(), std::back_inserter(both), [&](const std::string& each) {
    return std::find(other.begin(), other.end(), each) != other.end();
  });
  return both;
}

// One row for a transaction in flight: where it is, and what it owns.
std::string described(const InFlight& request) {
  std::string row = request.handle + "  " + request.operation;
  if (!request.key.empty()) row += " " + request.key;
  row += "  " + request.stage + ", ";
  if (request.waiting == "hold") {
    row += "held at " + request.point;
  } else if (request.waiting.starts_with("lock ")) {
    row += "waits for account " + request.waiting.substr(std::string_view("lock ").size());
  } else {
    row += "at " + request.point;
  }
  for (const std::int64_t account : request.locks) {
    row += ", owns account " + std::to_string(account);
  }
  return row;
}

}  // namespace

Game::Game(const Mistake& mistake, const std::string& program, bool correct, const Manner& manner)
    : mistake_(mistake),
      correct_(correct),
      manner_(manner),
      screen_(manner),
      server_(mistake.mechanism, {}, program),
      session_(server_.operator_()),
      commands_(server_) {
  server_.open_account(opening_balance);
  server_.open_account(opening_balance);
}

bool Game::perform(const std::string& line) {
  screen_.note_input();
  const std::string words = client::trimmed(line);
  if (words == "quit" || words == "exit") return false;
  if (words == "hint") {
    hint();
  } else if (words == "give up") {
    while (hints_ <= mistake_.hints.size()) hint();
    explains_ = true;
    return false;
  } else if (words == "help") {
    print_commands();
  } else {
    run(words);
  }
  return won_.empty() && !is_over_;
}

void Game::run(const std::string& line) {
  try {
    if (!line.empty() && line.front() != '#') {
      in_flight_ = look(session_).in_flight;
      Typed typed = understand(line, commands_.writes() + 1, in_flight_);
      if (!typed.fault.empty()) return screen_.paragraph(typed.fault, Style::plain, "  ");
      commands_.start(line, std::move(typed));
    }
    settle_and_print(line);
    judge();
  } catch (const client::NoReply&) {
    note_end();
  }
  for (const std::string& sentence : won_) screen_.paragraph(sentence, Style::good, "  ✓ ");
}

void Game::settle_and_print(const std::string& line) {
  auto all = commands_.settle(session_);
  // The command just typed comes first.
  std::stable_partition(all.begin(), all.end(),
                        [&](const Commands::Command* each) { return each->line == line; });
  for (const Commands::Command* ended : all) {
    std::string_view rest = ended->answer->text;
    if (ended->line != line) screen_.line("  [" + ended->line + "]", Style::dim);
    while (!rest.empty()) print_output(client::take_until(rest, '\n'));
  }
  in_flight_ = look(session_).in_flight;
  print_in_flight();
}

// Prints a line of a command's output. A long one is wrapped, unless it has columns.
void Game::print_output(std::string_view line) {
  constexpr const char* indent = "  ";
  const bool has_columns = line.find("  ") != line.npos;
  if (has_columns || columns_of(line) + 2 <= manner_.width) {
    return screen_.line(indent + std::string(line));
  }
  screen_.paragraph(line, Style::plain, indent);
}

void Game::print_in_flight() {
  if (in_flight_.empty()) return;
  screen_.line("in flight:", Style::dim);
  for (const InFlight& each : in_flight_) screen_.line("  " + described(each), Style::dim);
}

// ── Judging ─────────────────────────────────────────────────────────────────────────────────────

void Game::judge() {
  constexpr int looks = 3;
  std::vector<std::string> found = violations(scene(looks));
  std::erase_if(found, [&](const std::string& each) { return noticed_.contains(each); });
  for (int i = 0; i < confirmations && !found.empty(); ++i) {
    poll(nullptr, 0, between_confirmations_ms);
    found = in_both(found, violations(scene(looks)));
  }
  decide(found);
}

// The goal wins; against a correct server, any violation does.
void Game::decide(const std::vector<std::string>& found) {
  for (const std::string& sentence : found) {
    if (correct_ || sentence.find(mistake_.wins) != sentence.npos) {
      won_.push_back(sentence);
    } else if (noticed_.insert(sentence).second) {
      screen_.paragraph(sentence + ". (A violation, but not your goal.)", Style::bad, "  ! ");
    }
  }
}

Scene Game::scene(int looks) {
  Scene scene;
  for (int i = 0; i < looks; ++i) scene.looks.push_back(look(session_));
  for (const Commands::Command& each : commands_.all()) {
    const Key& key = each.typed.key;
    if (each.typed.sends) ++scene.sent[key];
    if (each.answer) scene.answers.push_back(*each.answer);
    if (!key.second.empty()) scene.outcomes[key] = outcome(session_, key);
  }
  const bool at_rest = scene.looks.back().in_flight.empty() && !commands_.any_runs();
  if (at_rest && audited_ < commands_.all().size() && !has_holds(session_)) {
    scene.audit_violations = audit(session_);
    if (*scene.audit_violations == 0) audited_ = commands_.all().size();
  }
  return scene;
}

// The server does not answer. If it has died by itself, this is a violation.
void Game::note_end() {
  is_over_ = true;
  const auto end = client::Clock::now() + std::chrono::seconds(10);
  while (!server_.ended() && client::Clock::now() < end) poll(nullptr, 0, between_confirmations_ms);
  commands_.end_all();
  const int how = server_.ended().value_or(0);
  if (how == 0 || how == -SIGKILL || how == -SIGTERM) {
    return screen_.paragraph("The server was ended from outside the game, which is over.");
  }
  Scene scene;
  const std::string log = client::trimmed(server_.log());
  scene.last_words = client::printable(log.substr(log.rfind('\n') + 1));
  decide(violations(scene));
}

}  // namespace lesson
