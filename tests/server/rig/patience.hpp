#pragma once

/// How long tests wait, and how often they repeat.

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace rig {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// `count`, or a fifth of it under a sanitizer, which is five times as slow.
constexpr int times(int count) {
  return sanitized ? (count + 4) / 5 : count;
}

/// A wait longer than this has failed.
inline constexpr auto patience = std::chrono::seconds(sanitized ? 600 : 180);

/// Asks until it is so. Throws after `patience`, with `what` in the text.
inline void wait_until(const std::function<bool()>& so, const std::string& what) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!so()) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("never: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace rig
