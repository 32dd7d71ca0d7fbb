#pragma once

/// Assertions that stay active in release builds.

#include <cstdio>
#include <cstdlib>

namespace seam {

/// Ends the process (SIGABRT) unless `holds`, after one line on standard error that names the
/// broken rule. For mistakes in the program only: a mistake of a client or the machine is an error
/// instead. Any thread; allocates nothing.
inline void require(bool holds, const char* rule) noexcept {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "fatal: a rule of the program is broken: %s\n", rule);
  std::abort();
}

}  // namespace seam
