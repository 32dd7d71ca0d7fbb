#pragma once

/// A schedule as text: for every step at which several threads could go on, the one that did.
///
/// Steps without a choice are not written, so "0.1.1.0.2" is five choices, however long the run. 0
/// is the thread that ran last, if it could go on. Most choices are 0, so "0*7" is seven of them,
/// and zeros at the end are left out.

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace explore {

using Schedule = std::vector<std::size_t>;

inline std::string to_string(const Schedule& schedule) {
  std::string text;
  std::size_t zeros = 0;
  const auto write = [&text](const std::string& what) { text += (text.empty() ? "" : ".") + what; };
  for (const std::size_t choice : schedule) {
    if (choice == 0) {
      ++zeros;
      continue;
    }
    if (zeros > 1) write("0*" + std::to_string(zeros));
    if (zeros == 1) write("0");
    zeros = 0;
    write(std::to_string(choice));
  }
  return text;
}

/// Parses a schedule, up to the first character that does not belong to one.
inline Schedule parse_schedule(std::string_view text) {
  Schedule schedule;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](std::size_t& value) {
    const auto read = std::from_chars(at, end, value);
    at = read.ptr;
    return read.ec == std::errc{};
  };
  for (std::size_t choice = 0; number(choice);) {
    std::size_t times = 1;
    if (at != end && *at == '*' && (++at, !number(times))) break;
    schedule.insert(schedule.end(), times, choice);
    if (at == end || *at++ != '.') break;
  }
  return schedule;
}

}  // namespace explore
