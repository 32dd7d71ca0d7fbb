#pragma once

/// Builds the server with a mistake, in the build folder of this program.

#include <string>

namespace lesson {

/// Builds build/mistakes/NAME/atm-server, if it is not there and current; one process at a time
/// does. Prints the progress unless `quiet`. Returns the path of the server. Throws
/// std::runtime_error that says what to do if this program is not in its build folder, or a tool is
/// missing. Blocks for a minute at most on a common machine.
std::string build_with_mistake(const std::string& name, bool quiet);

}  // namespace lesson
