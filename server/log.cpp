#include "server/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace server {

spdlog::logger& log() {
  static const auto logger = [] {
    auto made = spdlog::stderr_logger_mt("atm-server");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return *logger;
}

void set_log_level(const std::string& level) {
  log().set_level(spdlog::level::from_str(level));
}

}  // namespace server
