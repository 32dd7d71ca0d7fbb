#include "client/terminal/full_screen.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <string_view>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/wire/interrupt.hpp"

namespace client {

namespace {

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

FullScreen::FullScreen() {
  tcgetattr(STDIN_FILENO, &before_);
  enter();
}

void FullScreen::enter() {
  termios keys = before_;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
  put("\x1b[?1049h\x1b[?25l\x1b[2J");
}

void FullScreen::leave() {
  put("\x1b[?25h\x1b[?1049l");
  tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

void FullScreen::suspend() {
  leave();
  obey_signal(SIGTSTP);
  enter();
}

FullScreen::Size FullScreen::size() {
  winsize found{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_col == 0) return {80, 24};
  return {found.ws_col, found.ws_row};
}

void FullScreen::draw(const std::vector<std::string>& lines) {
  std::string all = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    all += lines[i] + "\x1b[K" + (i + 1 < lines.size() ? "\n" : "");
  }
  put(all + "\x1b[J");
}

FullScreen::Keys FullScreen::read_keys() {
  Keys keys;
  pollfd typed{STDIN_FILENO, POLLIN, 0};
  if (poll(&typed, 1, 0) <= 0) return keys;
  std::array<char, 256> bytes;
  const auto count = read(STDIN_FILENO, bytes.data(), bytes.size());
  keys.ended = count == 0 || (typed.revents & POLLHUP) != 0;
  std::string_view rest(bytes.data(), static_cast<std::size_t>(count < 0 ? 0 : count));
  while (!rest.empty()) {
    // An arrow is an escape, "[" or "O", and a letter.
    const bool escape = rest.size() >= 3 && rest[0] == '\x1b' && (rest[1] == '[' || rest[1] == 'O');
    if (escape && rest[2] == 'A') keys.letters += up;
    if (escape && rest[2] == 'B') keys.letters += down;
    if (!escape) keys.letters += rest[0];
    rest.remove_prefix(escape ? 3 : 1);
  }
  return keys;
}

}  // namespace client
