#include "server/log.hpp"

#include <array>
#include <ctime>
#include <new>
#include <string_view>
#include <tuple>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

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

namespace {

/// Allocates nothing.
[[noreturn]] void out_of_memory() {
  std::array<char, 160> line{};
  const std::time_t now = ::time(nullptr);
  std::tm calendar{};
  ::gmtime_r(&now, &calendar);
  std::size_t size = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%SZ ", &calendar);
  constexpr std::string_view what =
      "critical out of memory: the server ends as if killed; start it again\n";
  size += what.copy(line.data() + size, line.size() - size);
  std::ignore = ::write(STDERR_FILENO, line.data(), size);
  ::_exit(1);
}

}  // namespace

void end_when_out_of_memory() {
  std::set_new_handler(&out_of_memory);
}

}  // namespace server
