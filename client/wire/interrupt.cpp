#include "client/wire/interrupt.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace client {

namespace {

volatile std::sig_atomic_t signal_pipe = -1;

void put_byte(int descriptor, int signal) noexcept {
  const int kept = errno;
  const char byte = static_cast<char>(signal);
  // If the pipe is full, enough interrupts are waiting in it.
  [[maybe_unused]] const auto written = write(descriptor, &byte, 1);
  errno = kept;
}

void handle_signal(int signal) {
  put_byte(signal_pipe, signal);
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
  close(read_end_);
  close(write_end_);
}

void Interrupt::raise(int signal) noexcept {
  put_byte(write_end_, signal);
}

int Interrupt::take() noexcept {
  unsigned char byte = 0;
  if (read(read_end_, &byte, 1) != 1) return 0;
  if (byte == SIGTERM || byte == SIGHUP) fatal_signal_ = byte;
  if (byte == SIGINT && fatal_signal_ == 0) fatal_signal_ = byte;
  return byte;
}

int Interrupt::fatal_signal() noexcept {
  while (take() != 0) {
  }
  return fatal_signal_;
}

void Interrupt::forget_sigint() noexcept {
  if (fatal_signal() == SIGINT) fatal_signal_ = 0;
}

void Interrupt::set_notice(Until at, std::function<void()> notice) {
  notice_at_ = at;
  notice_ = std::move(notice);
}

void Interrupt::give_notice_if_due() {
  if (!notice_at_ || Clock::now() < *notice_at_) return;
  notice_at_.reset();
  notice_();
}

CaughtSignals::CaughtSignals(Interrupt& interrupt, std::initializer_list<int> signals) {
  signal_pipe = interrupt.write_end_;
  for (const int signal : signals) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = handle_signal;
    // Without SA_RESTART, so that a read from the terminal is interrupted.
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
    before_.emplace_back(signal, before);
  }
}

CaughtSignals::~CaughtSignals() {
  for (const auto& [signal, before] : before_) sigaction(signal, &before, nullptr);
}

void obey_signal(int signal) {
  struct sigaction caught = {};
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  sigaction(signal, &by_default, &caught);
  std::raise(signal);
  sigaction(signal, &caught, nullptr);
}

Ready wait_for(int descriptor, short events, Until until, Interrupt* interrupt) {
  for (;;) {
    const bool listens = interrupt != nullptr;
    std::array<pollfd, 2> watched{
        {{descriptor, events, 0}, {listens ? interrupt->descriptor() : -1, POLLIN, 0}}};
    const Until next = listens ? earlier(until, interrupt->notice_at()) : until;
    const int count = poll(watched.data(), watched.size(), milliseconds_left(next));
    if (count < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "cannot wait");
    }
    if (listens) {
      if (const int signal = interrupt->take()) throw Interrupted{signal};
      interrupt->give_notice_if_due();
    }
    if (count > 0 && watched[0].revents != 0) return Ready::yes;
    if (until && Clock::now() >= *until) return Ready::timed_out;
  }
}

Until earlier(Until a, Until b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace client
