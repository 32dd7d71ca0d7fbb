#pragma once

#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

/// While it exists, the process gets no more than 8 MiB of further address space; Argon2 needs 19.
class ScarceMemory {
 public:
  ScarceMemory() {
    getrlimit(RLIMIT_AS, &before_);
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t most = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + 8 * 1024 * 1024;
    const rlimit scarce{most, before_.rlim_max};
    setrlimit(RLIMIT_AS, &scarce);
  }
  ~ScarceMemory() { setrlimit(RLIMIT_AS, &before_); }
  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;

 private:
  rlimit before_{};
};
