#pragma once

/// How a fuzz program says that something does not hold: libFuzzer keeps the input of a program
/// that aborts.

#include <cstdio>
#include <cstdlib>
#include <string>

namespace fuzz {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "DOES NOT HOLD: %s\n", what.c_str());
  std::abort();
}

/// `what` says what holds.
inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

}  // namespace fuzz
