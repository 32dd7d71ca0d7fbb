/// The texts of the game, besides the results of commands.

#include <algorithm>
#include <stdexcept>

#include "client/lesson/excerpt.hpp"
#include "client/lesson/mistakes/game.hpp"
#include "client/terminal/ladders.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

constexpr int exit_usage = 2;  // of atm

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void print_lines(Screen& screen, std::string_view text, const char* indent) {
  while (!text.empty()) screen.line(indent + std::string(client::take_until(text, '\n')));
}

// Prints a line of a diff; a long one is continued below, with its sign.
void print_wrapped(Screen& screen, std::string_view line) {
  constexpr std::size_t room = 76;
  const std::string sign(line.substr(0, 1));
  const std::size_t code_at = std::min(line.find_first_not_of(" +-"), line.size());
  std::string row = "  ";
  while (!line.empty()) {
    const std::size_t left = room - (row.size() - 2);
    const auto blank = line.size() > left ? line.rfind(' ', left - 1) : line.npos;
    const bool has_blank = blank != line.npos && blank > code_at;
    const std::size_t end = line.size() <= left ? line.size() : has_blank ? blank + 1 : left;
    row += line.substr(0, end);
    screen.line(row.substr(0, row.find_last_not_of(' ') + 1));
    line.remove_prefix(end);
    row = "  " + sign + std::string(code_at + 3, ' ');
  }
}

bool is_mistyped(const Commands::Command& command) {
  return command.answer &&
         (command.answer->status == exit_usage || command.answer->text.starts_with("atm: ERR: "));
}

// Returns the points that a deposit passes, of those that honour a cancel or of the others.
std::string points_of_deposit(bool honour) {
  std::string names;
  for (std::size_t i = 0; i < client::rungs.size(); ++i) {
    const std::string_view name = client::rungs[i];
    const bool passed = name != "scanning" && name != "answering";
    if (!passed || (i < client::cancellable_rungs) != honour) continue;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

}  // namespace

void Game::introduce() {
  screen_.line("Break it yourself: " + mistake_.title, Style::title);
  screen_.blank();
  screen_.paragraph(mistake_.about);
  screen_.blank();
  screen_.paragraph(mistake_.goal, Style::question, "Your goal: ");
  screen_.blank();
  if (correct_) {
    screen_.paragraph(
        "This server is correct. It accepts the same commands; try to beat it. The text above and "
        "the hints are about the server with the mistake.");
    screen_.blank();
  }
  print_commands();
}

void Game::print_commands() {
  screen_.paragraph(
      "A server runs with the mechanism " + mistake_.mechanism +
      (mistake_.mechanism == "posix" ? " (pthread_cancel ends the thread of a cancelled request)"
                                     : " (a cancelled request throws an exception at a point)") +
      ". Accounts 1 and 2 have 100.00 each. You are their customer and the operator. "
      "A command that has to wait goes on in the background. A judge looks after each "
      "command, and says when you have won.");
  screen_.blank();
  const std::vector<std::vector<std::string>> rows{
      {"deposit 20.00 --key gift", "or withdraw, or transfer 2 20.00: on account 1"},
      {"withdraw 5.00 --account 2", "on account 2; without --key, a key is made up"},
      {"status gift", "the outcome of the transaction with this key"},
      {"admin hold add locked", "stop each transaction that reaches this point"},
      {"admin hold clear", "release those, and remove all holds"},
      {"admin step @gift", "release one to its next point (resume: for good)"},
      {"admin cancel @gift", "cancel one: @gift is the one with the key gift"},
      {"admin show @gift", "its mutexes; also: admin list, freeze 1, audit"},
      {"hint, give up, help, quit", "hints come one by one; give up: all, and the end"}};
  print_lines(screen_, client::columns(rows, {}), "  ");
  screen_.blank();
  screen_.paragraph(
      "The points, in the order of a transaction: " + points_of_deposit(true) + " ║ " +
      points_of_deposit(false) +
      ". At ║ is the point of no return: before it a cancel should win, and after it never.");
}

// ── Hints ───────────────────────────────────────────────────────────────────────────────────────

void Game::hint() {
  if (hints_ < mistake_.hints.size()) {
    const std::string number =
        "Hint " + std::to_string(hints_ + 1) + " of " + std::to_string(mistake_.hints.size() + 1);
    screen_.paragraph(mistake_.hints[hints_], Style::plain, number + ": ");
    ++hints_;
    return;
  }
  hints_ = mistake_.hints.size() + 1;
  print_solution();
}

void Game::print_solution() {
  screen_.line("The last hint, the whole sequence:");
  for (const std::string& command : mistake_.commands) screen_.line("  " + command);
}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────

void Game::close() {
  screen_.blank();
  if (correct_) {
    screen_.paragraph(won_.empty() ? "Not beaten: the judge found no violation after " +
                                         counted(commands_.all().size(), "command") + "."
                                   : "The correct server is beaten. This is a bug: report it.");
    screen_.paragraph("next: atm lesson mistakes " + mistake_.name, Style::title);
    return;
  }
  if (won_.empty() && !explains_) {
    screen_.paragraph("again: atm lesson mistakes " + mistake_.name + "; give up explains it all",
                      Style::title, "next: ");
    return;
  }
  screen_.paragraph(won_.empty() ? "This is how it works." : "You have won.", Style::title);
  screen_.blank();
  screen_.paragraph(mistake_.why);
  screen_.blank();
  print_where();
  screen_.blank();
  print_patch();
  screen_.blank();
  print_schedule();
  screen_.blank();
  screen_.paragraph("the same against the correct server: atm lesson mistakes " + mistake_.name +
                        " --correct; another mistake: atm lesson mistakes",
                    Style::title, "next: ");
}

// Prints PATH:LINE and the sentence of the field `where`.
void Game::print_where() {
  std::string_view rest = mistake_.where;
  const std::string path = client::trimmed(std::string(client::take_until(rest, '|')));
  const std::string text = client::trimmed(std::string(client::take_until(rest, '|')));
  for (const CodeLine& each : lines_of(path)) {
    if (each.text.find(text) == each.text.npos) continue;
    screen_.paragraph(path + ":" + std::to_string(each.number) + ":" + std::string(rest),
                      Style::plain, "→ ");
    return;
  }
  throw std::out_of_range(path + " does not contain " + text);
}

void Game::print_patch() {
  const std::string path = "tests/prove/mistakes/" + mistake_.name + ".patch";
  screen_.line("The mistake, " + path + ":", Style::title);
  bool is_diff = false;
  for (const CodeLine& each : lines_of(path)) {
    is_diff = is_diff || each.text.starts_with("@@ ");
    if (!is_diff) continue;
    // The text after the second @@ is a part of no file.
    const bool is_place = each.text.starts_with("@@ ");
    print_wrapped(screen_, is_place ? each.text.substr(0, each.text.rfind("@@") + 2) : each.text);
  }
}

void Game::print_schedule() {
  screen_.line("Your commands:", Style::title);
  for (const Commands::Command& each : commands_.all()) {
    if (!is_mistyped(each)) screen_.line("  " + each.line);
  }
  screen_.blank();
  screen_.line("How a test finds this mistake:", Style::title);
  const bool by_handle = mistake_.plan.find("cancel-handle") != mistake_.plan.npos;
  const bool by_deadline = mistake_.plan.find("deadline") != mistake_.plan.npos;
  screen_.paragraph(
      "It has requests of its own, with amounts in cents" +
      std::string(by_handle ? "; cancel-handle N is the operator's cancel of the Nth" : "") +
      (by_deadline ? "; at deadline N the time of the Nth is up" : "") +
      ". It runs their steps in every order, and checks rules. The shortest order that breaks "
      "one, from top to bottom:");
  print_lines(screen_, mistake_.columns, "  ");
  screen_.paragraph(mistake_.breaks, Style::bad, "  broken: ");
}

}  // namespace lesson
