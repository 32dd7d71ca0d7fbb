#pragma once

/// For mistakes that must end the process: they are made in a child.

#include <csignal>
#include <exception>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/// Runs `mistake` in a child. True if the child ended by std::terminate().
template <typename Mistake>
bool terminates(const Mistake& mistake) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    std::set_terminate([] { _exit(86); });
    mistake();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 86;
}
