#pragma once

/// Reports a violation of a fuzz program. It aborts, so that libFuzzer keeps the input.

#include <cstdio>
#include <cstdlib>
#include <string>

namespace fuzz {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "DOES NOT HOLD: %s\n", what.c_str());
  std::abort();
}

/// `what` is the rule that must hold.
inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

}  // namespace fuzz
