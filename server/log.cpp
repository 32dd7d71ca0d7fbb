#include "server/log.hpp"

#include <algorithm>
#include <ctime>
#include <new>
#include <tuple>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

namespace server {
namespace {

/// In the order of bank::Severity.
constexpr std::array levels = {spdlog::level::info, spdlog::level::warn, spdlog::level::err};

/// Allocates nothing.
[[noreturn]] void out_of_memory() {
  std::array<char, 160> line{};
  const std::time_t now = ::time(nullptr);
  std::tm calendar{};
  ::gmtime_r(&now, &calendar);
  std::size_t size = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%S", &calendar);
  constexpr std::string_view what =
      ".000Z critical event=out_of_memory do=\"start the server again; no committed change is "
      "lost\"\n";
  size += what.copy(line.data() + size, line.size() - size);
  std::ignore = ::write(STDERR_FILENO, line.data(), size);
  ::_exit(1);
}

}  // namespace

Log::Log(const std::string& level)
    : logger_(std::make_unique<spdlog::logger>("atm-server",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
  logger_->set_level(spdlog::level::from_str(level));
}

Log::~Log() = default;

void Log::record(bank::Event event, const std::vector<bank::Field>& fields) {
  add(event);
  const bank::EventInfo& info = bank::event_table[static_cast<std::size_t>(event)];
  const auto level = levels[static_cast<std::size_t>(info.severity)];
  if (!logger_->should_log(level)) return;
  std::string line = "event=" + std::string(info.name);
  for (const auto& [name, value] : fields) line += " " + std::string(name) + "=" + quoted(value);
  logger_->log(level, line);
}

void Log::add(bank::Event event) {
  counts_[static_cast<std::size_t>(event)].add(1);
}

std::int64_t Log::count(bank::Event event) const {
  return counts_[static_cast<std::size_t>(event)].load();
}

std::string quoted(const std::string& value) {
  const auto plain = [](char c) {
    return '!' <= c && c <= '~' && c != '"' && c != '=' && c != '\\';
  };
  if (!value.empty() && std::all_of(value.begin(), value.end(), plain)) return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (' ' <= c && c <= '~') {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text + "\"";
}

void end_when_out_of_memory() {
  std::set_new_handler(&out_of_memory);
}

}  // namespace server
