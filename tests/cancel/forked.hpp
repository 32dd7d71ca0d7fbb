#pragma once

/// For mistakes that must end the process: they are made in a child.

#include <cerrno>
#include <csignal>
#include <exception>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef ATM_COVERAGE
extern "C" void __gcov_dump(void);
#endif

/// Ends a child at once, but for the counts of what it has run where they are taken.
[[noreturn]] inline void leave(int status) {
#ifdef ATM_COVERAGE
  if (seteuid(0) != 0) errno = 0;  // who has put root aside may not write there
  __gcov_dump();
#endif
  _exit(status);
}

/// Runs `mistake` in a child. True if the child ended by std::terminate().
template <typename Mistake>
bool terminates(const Mistake& mistake) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    std::set_terminate([] { leave(86); });
    mistake();
    leave(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 86;
}
