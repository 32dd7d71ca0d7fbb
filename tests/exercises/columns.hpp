#pragma once

#include <string>

namespace exercise {

/// Leaves out the rows of the explorer's table that explain nothing: starts and ends of threads,
/// and steps on objects without a name. Cuts the columns to what is left.
std::string shortened(const std::string& columns);

/// Lists the threads of the explorer's message "deadlock: …", a line for each, and what it waits
/// for. Leaves the boss out.
std::string waiters(const std::string& deadlock);

}  // namespace exercise
