#include "server/seam/require.hpp"

#include <cstdio>
#include <cstdlib>

namespace seam {

void require(bool holds, const char* rule) noexcept {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "fatal: a rule of the program is broken: %s\n", rule);
  std::abort();
}

}  // namespace seam
