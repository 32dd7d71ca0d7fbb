#pragma once

/// Which calls are cancellation points on this machine, found by trying each.

#include <string>
#include <vector>

namespace lesson {

/// The class of a call in POSIX.1-2017, 2.9.5.
enum class Posix { must_be, may_be, must_not_be };  // a cancellation point

struct TriedCall {
  std::string name;
  Posix posix;
  bool is_point;
};

/// Makes each call on a thread with a cancel pending, in a child process, since a cancel inside a
/// library may leave it unusable. Returns nothing if that fails. Blocks.
std::vector<TriedCall> try_calls();

}  // namespace lesson
