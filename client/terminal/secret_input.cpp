#include "client/terminal/secret_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

namespace client {

namespace {

constexpr std::size_t longest_secret = 512;

class Descriptor {
 public:
  Descriptor(const char* path, int flags) : number_(open(path, flags | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

class EchoOff {
 public:
  explicit EchoOff(int terminal) : terminal_(terminal) {
    changed_ = tcgetattr(terminal, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    if (changed_) tcsetattr(terminal, TCSAFLUSH, &silent);
  }
  ~EchoOff() {
    if (changed_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  int terminal_;
  bool changed_ = false;
  termios before_{};
};

struct Buffer {
  std::array<char, longest_secret> bytes{};
  ~Buffer() { sodium_memzero(bytes.data(), bytes.size()); }
};

// Returns the first line read from `descriptor`, without its end.
Secret first_line(int descriptor, const std::string& source, Interrupt* interrupt) {
  Buffer buffer;
  std::size_t length = 0;
  for (;;) {
    if (length == buffer.bytes.size()) throw NoSecret(source + " is too long");
    if (interrupt != nullptr) wait_for(descriptor, POLLIN, std::nullopt, interrupt);
    const auto got = read(descriptor, buffer.bytes.data() + length, buffer.bytes.size() - length);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw NoSecret("cannot read " + source + ": " + std::strerror(errno));
    const auto end = length + static_cast<std::size_t>(got);
    std::string_view seen(buffer.bytes.data(), end);
    const auto newline = seen.find('\n', length);
    length = end;
    if (got > 0 && newline == std::string_view::npos) continue;
    seen = seen.substr(0, newline);
    if (seen.ends_with('\r')) seen.remove_suffix(1);
    if (seen.empty()) throw NoSecret(source + " is empty");
    return Secret(seen);
  }
}

}  // namespace

Secret read_secret_file(const std::string& path) {
  const Descriptor file(path.c_str(), O_RDONLY);
  if (file.number() < 0) throw NoSecret("cannot open " + path + ": " + std::strerror(errno));
  return first_line(file.number(), path, nullptr);
}

Secret ask_secret(const std::string& question, const std::string& option, Interrupt& interrupt) {
  // Not blocking, because a signal may discard the line between the wait and the read.
  const Descriptor terminal("/dev/tty", O_RDWR | O_NONBLOCK);
  if (terminal.number() < 0) {
    throw NoSecret("there is no terminal to ask for it; give " + option);
  }
  const EchoOff quiet(terminal.number());
  [[maybe_unused]] const auto written = write(terminal.number(), question.data(), question.size());
  return first_line(terminal.number(), "the answer", &interrupt);
}

Secret ask_new_pin(const std::string& option, Interrupt& interrupt) {
  std::string again;
  for (;;) {
    const Secret first = ask_secret(again + "new PIN (4 to 12 digits): ", option, interrupt);
    check_new_pin(first);
    const Secret second = ask_secret("the new PIN again: ", option, interrupt);
    if (first.text() == second.text()) return first;
    again = "the two differ\n";
  }
}

void check_new_pin(const Secret& pin) {
  const std::string& text = pin.text();
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || text.size() < 4 || text.size() > 12) {
    throw NoSecret("a new PIN has 4 to 12 digits");
  }
}

}  // namespace client
