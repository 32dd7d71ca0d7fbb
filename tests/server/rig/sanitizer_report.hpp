#pragma once

#include <string>

namespace rig {

/// Returns the first report of a sanitizer in the log of a server, at most 100 lines; empty if
/// there is none.
std::string sanitizer_report(const std::string& log);

}  // namespace rig
