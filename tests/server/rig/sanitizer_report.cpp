#include "tests/server/rig/sanitizer_report.hpp"

#include <algorithm>

namespace rig {

std::string sanitizer_report(const std::string& log) {
  std::size_t mark = log.npos;
  for (const char* sign : {"Sanitizer: ", "runtime error: "}) mark = std::min(mark, log.find(sign));
  if (mark == log.npos) return {};
  const std::size_t line = log.rfind('\n', mark);
  std::string report = log.substr(line == log.npos ? 0 : line + 1);
  std::size_t end = 0;
  for (int lines = 0; lines < 100 && end != report.npos; ++lines) end = report.find('\n', end + 1);
  return report.substr(0, end);
}

}  // namespace rig
