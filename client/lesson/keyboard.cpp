#include "client/lesson/keyboard.hpp"

#include <cerrno>
#include <csignal>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

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
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  char c = 0;
  read_character(c);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
  // Raised only now, so that a Ctrl-C does not leave the terminal without echo.
  if (static_cast<cc_t>(c) == before.c_cc[VINTR]) std::raise(SIGINT);
}

TerminalSize size_of_output() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {0, 0};
  return {size.ws_col, size.ws_row};
}

}  // namespace lesson
