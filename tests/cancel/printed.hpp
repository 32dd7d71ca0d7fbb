#pragma once

/// Lets doctest print stages and verdicts by name.

#include "server/cancel/stage.hpp"
#include "server/cancel/verdict.hpp"
#include "tests/printed.hpp"

namespace cancel {

inline doctest::String toString(Stage stage) {
  return std::string(name(stage)).c_str();
}
inline doctest::String toString(Verdict verdict) {
  return std::string(name(verdict)).c_str();
}

}  // namespace cancel
