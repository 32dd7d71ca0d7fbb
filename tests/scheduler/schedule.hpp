#pragma once

/// A schedule, written down: at every place where several threads could go on, which one did. Where
/// there was no choice nothing is written, so "0.1.1.0.2" is five choices, however long the run.
/// 0 is the thread that ran last, if it could go on.

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace explore {

using Schedule = std::vector<std::size_t>;

inline std::string to_string(const Schedule& schedule) {
  std::string text;
  for (const std::size_t choice : schedule) {
    if (!text.empty()) text += '.';
    text += std::to_string(choice);
  }
  return text;
}

/// Stops at the first character that does not belong.
inline Schedule parse_schedule(std::string_view text) {
  Schedule schedule;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t choice = 0; at != end; ++at) {
    const auto read = std::from_chars(at, end, choice);
    if (read.ec != std::errc{}) break;
    schedule.push_back(choice);
    at = read.ptr;
    if (at == end || *at != '.') break;
  }
  return schedule;
}

}  // namespace explore
