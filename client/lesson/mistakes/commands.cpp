#include "client/lesson/mistakes/commands.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>

#include <poll.h>
#include <sys/wait.h>

#include "client/lesson/mistakes/observe.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

constexpr std::chrono::seconds patience{5};
constexpr int between_looks_ms = 20;

// Leaves out the remarks of a client that waits: the game shows what it waits for.
std::string printed_in(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("atm: still waiting")) text += line + "\n";
  }
  return client::printable(text, true);
}

bool is_stopped(const InFlight& request) {
  return request.waiting == "hold" || request.waiting.starts_with("lock ");
}

bool concerns(const Commands::Command& command, const InFlight& request) {
  if (command.typed.sends) return command.typed.key.second == request.key;
  return command.typed.name.ends_with(request.operation);
}

}  // namespace

void Commands::start(const std::string& line, Typed typed) {
  std::vector<std::string> words{"--retry-for", "86400"};
  words.insert(words.end(), typed.words.begin(), typed.words.end());
  const std::string output = server_.folder() + "/command-" + std::to_string(all_.size());
  const pid_t process = server_.start_client(words, output);
  all_.push_back({line, std::move(typed), output, process, false, std::nullopt});
}

int Commands::writes() const {
  return static_cast<int>(std::count_if(all_.begin(), all_.end(),
                                        [](const Command& each) { return each.typed.sends; }));
}

bool Commands::any_runs() const {
  return std::any_of(all_.begin(), all_.end(), [](const Command& each) { return !each.answer; });
}

// Returns the commands that run and are neither stopped nor known to take long.
std::vector<Commands::Command*> Commands::busy(client::Session& session) {
  const Look now = look(session);
  std::vector<Command*> found;
  for (Command& command : all_) {
    const bool stops = std::any_of(
        now.in_flight.begin(), now.in_flight.end(),
        [&](const InFlight& each) { return is_stopped(each) && concerns(command, each); });
    if (!command.answer && !command.blocked && !stops) found.push_back(&command);
  }
  return found;
}

std::vector<const Commands::Command*> Commands::take_ended() {
  std::vector<const Command*> ended;
  for (Command& command : all_) {
    int status = 0;
    if (command.answer || waitpid(command.process, &status, WNOHANG) != command.process) continue;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    command.answer =
        Answer{command.typed.name, command.typed.key, code, printed_in(command.output)};
    ended.push_back(&command);
  }
  return ended;
}

std::vector<const Commands::Command*> Commands::settle(client::Session& session) {
  std::vector<const Command*> ended;
  int quiet = 0;  // looks in a row that found nothing to wait for
  for (const auto end = client::Clock::now() + patience; client::Clock::now() < end;) {
    const auto some = take_ended();
    ended.insert(ended.end(), some.begin(), some.end());
    quiet = busy(session).empty() ? quiet + 1 : 0;
    if (quiet > 1) return ended;
    poll(nullptr, 0, between_looks_ms);
  }
  for (Command* each : busy(session)) each->blocked = true;
  return ended;
}

void Commands::end_all() {
  for (Command& command : all_) {
    if (command.answer) continue;
    kill(command.process, SIGKILL);
    while (waitpid(command.process, nullptr, 0) < 0 && errno == EINTR) {
    }
    command.answer = Answer{command.typed.name, {}, -1, {}};
  }
}

}  // namespace lesson
