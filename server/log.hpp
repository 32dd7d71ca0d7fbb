#pragma once

/// The log, to standard error. Any thread. A leaf: it takes no lock of ours. No PIN and no secret
/// is ever given to it.

#include <string>

#include <spdlog/logger.h>

namespace server {

spdlog::logger& log();
/// debug, info, warn, error or off. Before the first thread starts.
void set_log_level(const std::string& level);

}  // namespace server
