#pragma once

/// The places where the machine can fail: every sort of call, with the code that it then returns.

#include <functional>
#include <span>
#include <string>

#include "tests/db/faulty_vfs.hpp"

namespace prove {

struct Site {
  const char* name;
  FaultyVfs::Operation operation;
  int code;
  bool half_write = false;
};

std::span<const Site> sites();

/// Returns the fault that strikes such a call after `successes`, and all later ones if persistent.
FaultyVfs::Fault fault_at(const Site& site, int successes, bool persistent);

/// Calls `strikes` with a fault and a label for the first call of every sort, the second, and so
/// on, each once and then persistent, until it returns that the fault did not strike.
void for_each_fault(
    const std::string& group,
    const std::function<bool(const FaultyVfs::Fault&, const std::string&)>& strikes);

}  // namespace prove
