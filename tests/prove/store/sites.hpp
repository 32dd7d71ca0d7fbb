#pragma once

/// Where the machine can fail: every sort of call that reaches it, with what it is then told.

#include <functional>
#include <span>
#include <string>

#include "tests/db/faulty_vfs.hpp"

namespace prove {

struct Site {
  const char* name;
  FaultyVfs::Operation operation;
  int code;
  bool half = false;
};

std::span<const Site> sites();

/// Fails the Nth such call, or that and all that follow.
FaultyVfs::Fault fault_at(const Site& site, int well, bool for_good);

/// Runs `one` for the first such call, the second, …, for each once and from then on, until there
/// is none left to fail. `one` is given a fault and a label, and returns whether it struck.
void for_each_fault(const std::string& group,
                    const std::function<bool(const FaultyVfs::Fault&, const std::string&)>& one);

}  // namespace prove
