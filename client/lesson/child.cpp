#include "client/lesson/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/wire/interrupt.hpp"

namespace lesson {

namespace {

constexpr int threw = 70;

[[noreturn]] void run_here(const std::function<void()>& body, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  int status = 0;
  try {
    body();
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    status = threw;
  }
  std::fflush(nullptr);
  _exit(status);
}

// Reads until the output ends. Returns false if the time was up before.
bool read_all(int descriptor, std::string& output, client::Until end) {
  while (client::wait_for(descriptor, POLLIN, end, nullptr) == client::Ready::yes) {
    std::array<char, 4096> some{};
    const ssize_t got = read(descriptor, some.data(), some.size());
    if (got <= 0) return true;
    output.append(some.data(), static_cast<std::size_t>(got));
  }
  return false;
}

}  // namespace

std::string Ended::spelled() const {
  if (timed_out) return "hung";
  if (signal != 0) return std::string("died of SIG") + sigabbrev_np(signal);
  return "exited with " + std::to_string(status);
}

Ended run_in_child(const std::function<void()>& body, std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category());
  std::fflush(nullptr);  // the child must not print it again
  const pid_t child = fork();
  if (child == 0) run_here(body, ends[1]);
  close(ends[1]);
  Ended ended;
  if (child < 0) {
    close(ends[0]);
    throw std::system_error(errno, std::system_category(), "cannot start a child process");
  }
  ended.timed_out = !read_all(ends[0], ended.output, client::Clock::now() + limit);
  close(ends[0]);
  if (ended.timed_out) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended.timed_out) return ended;
  if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  return ended;
}

}  // namespace lesson
