#include "client/lesson/keyboard.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "server/seam/scope_exit.hpp"

namespace lesson {

namespace {

// Returns false at the end of the input. Unbuffered, so that a child process finds the rest.
bool read_character(char& c) {
  ssize_t got = 0;
  do {
    got = read(STDIN_FILENO, &c, 1);
  } while (got < 0 && errno == EINTR);
  return got == 1;
}

}  // namespace

std::optional<std::string> read_line() {
  std::string line;
  char c = 0;
  while (read_character(c)) {
    if (c == '\n') return line;
    line += c;
  }
  if (line.empty()) return std::nullopt;
  return line;
}

void await_key() {
  termios before{};
  if (tcgetattr(STDIN_FILENO, &before) != 0) return;
  termios raw = before;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  const seam::ScopeExit restore([&] { tcsetattr(STDIN_FILENO, TCSADRAIN, &before); });
  char c = 0;
  read_character(c);
}

std::size_t columns_of_output() {
  constexpr std::size_t most = 80;
  constexpr std::size_t least = 40;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return most;
  return std::clamp<std::size_t>(size.ws_col, least, most);
}

}  // namespace lesson
