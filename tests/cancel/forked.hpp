#pragma once

/// Runs in a child process what must end the process, or what changes its limits.

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef ATM_COVERAGE
extern "C" void __gcov_dump(void);
#endif

/// Ends a child at once. Where coverage is measured, its counts are written first.
[[noreturn]] inline void leave(int status) {
#ifdef ATM_COVERAGE
  if (seteuid(0) != 0) errno = 0;  // a child that gave up root may not write the counts
  __gcov_dump();
#endif
  _exit(status);
}

/// Runs `mistake` in a child. Returns the rule that seam::require() named when it ended the child;
/// otherwise how the child ended.
template <typename Mistake>
std::string broken_rule(const Mistake& mistake) {
  constexpr int aborted = 86;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    constexpr rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, [](int) { leave(aborted); });
    mistake();
    leave(0);
  }
  close(ends[1]);
  std::string said;
  std::array<char, 256> some{};
  for (ssize_t got = 0; (got = read(ends[0], some.data(), some.size())) > 0;) {
    said.append(some.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != aborted)
    return "not aborted; wait status " + std::to_string(status);
  const std::string before = "a rule of the program is broken: ";
  const std::size_t at = said.find(before);
  if (at == std::string::npos) return "aborted, and said: " + said;
  said = said.substr(at + before.size());
  return said.substr(0, said.find('\n'));
}
