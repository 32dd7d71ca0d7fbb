#include "client/wire/interrupt.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace client {

namespace {

volatile std::sig_atomic_t signal_pipe = -1;

void put_byte(int descriptor) noexcept {
  const int kept = errno;
  const char byte = 'c';
  // If the pipe is full, enough interrupts are waiting in it.
  [[maybe_unused]] const auto written = write(descriptor, &byte, 1);
  errno = kept;
}

void handle_sigint(int) {
  if (signal_pipe >= 0) put_byte(signal_pipe);
}

// Rounded up, so that poll never returns a moment early and spins.
int milliseconds_left(Until until) {
  if (!until) return -1;
  using namespace std::chrono;
  const auto left = ceil<milliseconds>(*until - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 3'600'000));
}

}  // namespace

Interrupt::Interrupt() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  }
  read_end_ = ends[0];
  write_end_ = ends[1];
}

Interrupt::~Interrupt() {
  if (signal_pipe == write_end_) {
    std::signal(SIGINT, SIG_DFL);
    signal_pipe = -1;
  }
  close(read_end_);
  close(write_end_);
}

void Interrupt::on_sigint() {
  signal_pipe = write_end_;
  struct sigaction action = {};
  action.sa_handler = handle_sigint;
  // Without SA_RESTART, so that a read from the terminal is interrupted.
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

void Interrupt::raise() noexcept {
  put_byte(write_end_);
}

bool Interrupt::take() noexcept {
  char byte = 0;
  return read(read_end_, &byte, 1) == 1;
}

void Interrupt::clear() noexcept {
  while (take()) {
  }
}

Ready wait_for(int descriptor, short events, Until until, Interrupt* interrupt) {
  for (;;) {
    const int wake = interrupt == nullptr ? -1 : interrupt->descriptor();
    std::array<pollfd, 2> watched{{{descriptor, events, 0}, {wake, POLLIN, 0}}};
    const int left = milliseconds_left(until);
    const int count = poll(watched.data(), watched.size(), left);
    if (count < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "cannot wait");
    }
    if (interrupt != nullptr && interrupt->take()) throw Interrupted();
    if (count > 0 && watched[0].revents != 0) return Ready::yes;
    if (until && Clock::now() >= *until) return Ready::timed_out;
  }
}

Until earlier(Until a, Until b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace client
