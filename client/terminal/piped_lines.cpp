#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

#include "client/terminal/lines.hpp"
#include "client/terminal/usage_error.hpp"

namespace client {

void read_piped_lines(Interrupt& interrupt, const PerformLine& perform) {
  std::string pending;
  std::array<char, 4096> buffer;
  for (;;) {
    for (auto end = pending.find('\n'); end != pending.npos; end = pending.find('\n')) {
      const std::string line = pending.substr(0, end);
      pending.erase(0, end + 1);
      if (!perform(line)) return;
    }
    wait_for(STDIN_FILENO, POLLIN, std::nullopt, &interrupt);
    const auto count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw UsageError(std::string("cannot read commands from standard input: ") +
                       std::strerror(errno));
    }
    if (count == 0) break;
    pending.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (!pending.empty()) perform(pending);
}

}  // namespace client
