#include "client/terminal/secret_input.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "client/terminal/text.hpp"
#include "client/wire/descriptor.hpp"

namespace client {

namespace {

constexpr std::size_t shortest_secret = 8;
constexpr std::size_t longest_secret = 1024;

// Puts a terminal into the mode for typing a secret, and restores its modes.
class EchoOff {
 public:
  explicit EchoOff(int terminal) : terminal_(terminal) {
    changed_ = tcgetattr(terminal, &before_) == 0;
    termios silent = before_;
    silent.c_iflag |= ICRNL;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ICANON | ISIG | ECHONL;
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
  std::array<char, longest_secret + 64> bytes{};  // with blanks and the end of its line
  ~Buffer() { sodium_memzero(bytes.data(), bytes.size()); }
};

// Returns the first line read from `descriptor`, which does not block, without its end; of a line
// longer than any secret, a part that is still too long.
Secret first_line(int descriptor, const std::string& source, Interrupt& interrupt) {
  Buffer buffer;
  std::size_t length = 0;
  for (;;) {
    wait_for(descriptor, POLLIN, std::nullopt, &interrupt);
    const auto got = read(descriptor, buffer.bytes.data() + length, buffer.bytes.size() - length);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw UsageError("cannot read " + source + ": " + std::strerror(errno));
    const auto end = length + static_cast<std::size_t>(got);
    std::string_view seen(buffer.bytes.data(), end);
    const auto newline = seen.find('\n', length);
    length = end;
    const bool is_over = got == 0 || end == buffer.bytes.size();
    if (!is_over && newline == std::string_view::npos) continue;
    seen = seen.substr(0, newline);
    if (seen.ends_with('\r')) seen.remove_suffix(1);
    return Secret(seen);
  }
}

void check_that_it_is_private(int file, const std::string& path) {
  struct stat state = {};
  if (fstat(file, &state) != 0 || !S_ISREG(state.st_mode)) return;
  const mode_t open_to = state.st_uid == geteuid() ? S_IRWXG | S_IRWXO : S_IRWXO;
  if ((state.st_mode & open_to) == 0) return;
  throw UsageError(path + " is open to other users; run: chmod 600 " + shell_quoted(path));
}

bool is_pin(const std::string& text) {
  return text.size() >= 4 && text.size() <= 12 &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

// Asks once. An interrupt ends it with the terminal's modes restored.
Secret ask_once(int terminal, const std::string& question, Interrupt& interrupt) {
  const CaughtSignals caught(interrupt, {SIGTSTP, SIGQUIT});
  // Stops the program until it is in the foreground. In the background the shell sets the modes.
  tcdrain(terminal);
  // SIGSTOP cannot be caught: the shell's modes, and its echo, are found when it is over.
  const CaughtSignals continued(interrupt, {SIGCONT});
  const EchoOff quiet(terminal);
  [[maybe_unused]] const auto written = write(terminal, question.data(), question.size());
  return first_line(terminal, "the answer", interrupt);
}

// Takes a SIGCONT that came after the answer, so that it does not end the next wait.
void drop_continued(Interrupt& interrupt) {
  const int signal = interrupt.take();
  if (signal != 0 && signal != SIGCONT) interrupt.raise(signal);
}

// Throws as ask_pin(), but accepts any answer.
Secret ask(const std::string& question, const std::string& option, Interrupt& interrupt) {
  // Not blocking, because a signal may discard the line between the wait and the read.
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (terminal.number() < 0) {
    throw UsageError("there is no terminal to ask for it; give " + option);
  }
  for (;;) {
    try {
      Secret answer = ask_once(terminal.number(), question, interrupt);
      drop_continued(interrupt);
      return answer;
    } catch (const Interrupted& interrupted) {
      if (interrupted.signal == SIGCONT) continue;
      if (interrupted.signal != SIGTSTP && interrupted.signal != SIGQUIT) throw;
      // Stops until it is continued, or dies.
      obey_signal(interrupted.signal);
    }
  }
}

Secret first_line_of_file(const std::string& path, Interrupt& interrupt) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.number() < 0) throw UsageError("cannot open " + path + ": " + std::strerror(errno));
  check_that_it_is_private(file.number(), path);
  return first_line(file.number(), path, interrupt);
}

}  // namespace

Secret read_secret_file(const std::string& path, Interrupt& interrupt) {
  const Secret line = first_line_of_file(path, interrupt);
  // Without blanks at its end, as the server reads its file. npos + 1 is 0.
  const std::string_view all = line.text();
  const std::string_view secret = all.substr(0, all.find_last_not_of("\t ") + 1);
  if (secret.size() >= shortest_secret && secret.size() <= longest_secret) return Secret(secret);
  throw UsageError(path + " does not hold a secret, which has 8 to 1024 characters");
}

Secret read_pin_file(const std::string& path, Interrupt& interrupt) {
  Secret pin = first_line_of_file(path, interrupt);
  if (is_pin(pin.text())) return pin;
  throw UsageError(path + " does not hold a PIN, which has 4 to 12 digits");
}

Secret ask_pin(const std::string& question, const std::string& option, Interrupt& interrupt) {
  Secret pin = ask(question, option, interrupt);
  if (is_pin(pin.text())) return pin;
  throw UsageError("a PIN has 4 to 12 digits");
}

Secret ask_new_pin(const std::string& option, Interrupt& interrupt) {
  std::string again;
  for (;;) {
    const Secret first = ask_pin(again + "new PIN (4 to 12 digits): ", option, interrupt);
    const Secret second = ask("the new PIN again: ", option, interrupt);
    if (first.text() == second.text()) return first;
    again = "the two differ\n";
  }
}

}  // namespace client
