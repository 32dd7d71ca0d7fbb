#pragma once

/// The log, to standard error. Any thread. A leaf: it takes no lock of ours. No PIN and no secret
/// is ever given to it.

#include <string>

#include <spdlog/logger.h>

namespace server {

spdlog::logger& log();
/// debug, info, warn, error or off. Before the first thread starts.
void set_log_level(const std::string& level);
/// From now on a failed allocation ends the process: one line in the log, no unwinding, exit status
/// 1. As after kill -9, the next start finds every committed change, and keys make retries safe.
void end_when_out_of_memory();

}  // namespace server
