/// atm-lesson: the lessons of `atm lesson`. See --help.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "client/lesson/keyboard.hpp"
#include "client/lesson/mistakes/menu.hpp"
#include "client/lesson/page.hpp"
#include "client/terminal/standard_streams.hpp"
#include "client/terminal/text.hpp"

namespace {

using namespace lesson;

struct Options {
  std::string which;
  std::string mistake;
  bool correct = false;
  bool source = false;
  Manner manner;
};

constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

void add_options(CLI::App& app, Options& options) {
  app.set_help_flag("-h,--help", "show this");
  app.set_version_flag("--version", "");
  app.add_option("lesson", options.which,
                 "its number or name, or all; alone: lists the lessons; mistakes: the games");
  app.add_option("name", options.mistake, "after mistakes: the one to play");
  app.add_flag("--check", options.manner.check,
               "ask nothing; verify each claim, and print those that fail");
  app.add_flag("--correct", options.correct, "after mistakes: play against the correct server");
  app.add_flag("--source", options.source,
               "print the lesson's program, on a terminal with line numbers");
  app.add_flag("--pause", options.manner.pause, "wait for a key between the steps");
  app.add_option("--mechanism", options.manner.mechanism, "how requests are cancelled")
      ->check(CLI::IsMember({"token", "posix"}))
      ->capture_default_str()
      ->envname("ATM_MECHANISM");
}

void list() {
  std::vector<std::vector<std::string>> rows{{"", "lesson", "about", "name"}};
  for (const Lesson& each : lessons()) {
    rows.push_back({std::to_string(each.number), std::string(each.title),
                    std::to_string(each.minutes) + " min", std::string(each.name)});
  }
  put(client::columns(rows, {true, false, true, false}) +
      "\nnext: atm lesson 1; later: atm lesson mistakes, to break the server yourself\n");
}

bool run(const Lesson& lesson, const Manner& manner) {
  Page page(lesson, manner);
  bool holds = false;
  try {
    lesson.run(page);
    holds = page.close();
  } catch (const OutputLost&) {
    throw;
  } catch (const std::exception& error) {
    page.verify(std::string("it runs to its end: ") + error.what(), false);
  }
  if (manner.check) put(page.summary() + "\n");
  flush();
  return holds;
}

void print_source(const Lesson& lesson) {
  const bool numbered = isatty(STDOUT_FILENO) == 1;  // in a file it can be compiled
  for (const CodeLine& each : lines_of(lesson.source())) {
    if (numbered) put(numbered_margin(each.number));
    put(std::string(each.text) + "\n");
  }
}

void suit_the_terminal(Manner& manner) {
  const bool shows = isatty(STDOUT_FILENO) == 1;
  manner.asks = shows && isatty(STDIN_FILENO) == 1 && !manner.check;
  const char* const no_colour = std::getenv("NO_COLOR");
  manner.colour = shows && (no_colour == nullptr || *no_colour == '\0');
  const TerminalSize size = size_of_output();
  constexpr std::size_t narrowest = 40;
  const bool has_size = shows && !manner.check && size.columns > 0;
  if (has_size) manner.width = std::clamp(size.columns, narrowest, manner.width);
  if (has_size && manner.asks && size.rows > 2) manner.rows = size.rows;
}

int perform(const Options& options) {
  if (options.which == "mistakes") {
    return play_mistakes(options.mistake, options.correct, options.manner);
  }
  if (options.which.empty()) {
    list();
    return exit_done;
  }
  bool holds = true;
  bool found = false;
  for (const Lesson& each : lessons()) {
    if (options.which != "all" && find_lesson(options.which) != &each) continue;
    found = true;
    if (options.source) {
      print_source(each);
    } else {
      holds = run(each, options.manner) && holds;
    }
  }
  if (!found) {
    std::cerr << "atm lesson: there is no lesson " << client::printable(options.which)
              << "; atm lesson lists them\n";
    return exit_usage;
  }
  return holds ? exit_done : exit_failed;
}

int parse_and_perform(int argc, char** argv) {
  Options options;
  CLI::App app("Lessons on cancelling threads and requests safely.", "atm lesson");
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Also if something else on the line is wrong.
    const bool asks_for_help = app.get_help_ptr()->count() > 0;
    if (asks_for_help || app.get_option("--version")->count() > 0) {
      put(asks_for_help ? app.help() : "atm " ATM_VERSION "\n");
      return exit_done;
    }
    std::cerr << "atm lesson: " << error.what() << " (see --help)\n";
    return exit_usage;
  }
  suit_the_terminal(options.manner);
  return perform(options);
}

}  // namespace

int main(int argc, char** argv) {
  client::open_missing_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a write to a closed pipe or connection fails instead
  try {
    const int status = parse_and_perform(argc, argv);
    flush();
    return status;
  } catch (const OutputLost& lost) {
    // The reader of a broken pipe has left on purpose.
    if (lost.code() == std::errc::broken_pipe) return exit_failed;
    std::cerr << "atm lesson: the output could not be written to standard output: "
              << lost.code().message() << "\n";
    return exit_failed;
  } catch (const std::exception& error) {
    std::cerr << "atm lesson: " << error.what() << "\n";
    return exit_failed;
  }
}
