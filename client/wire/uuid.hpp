#pragma once

/// Makes the keys of writes: UUIDs of version 7 (RFC 9562). They sort by time, so that the ledger's
/// index of keys grows at its end.

#include <array>
#include <cstdint>
#include <string>

namespace client {

/// Makes keys, each greater than the previous one even if the clock stops or goes back. Belongs to
/// one thread at a time.
class KeySource {
 public:
  using Text = std::array<char, 36>;

  /// Returns a new key of 36 characters for the current time.
  std::string next();

  /// Returns a new key for the given time, in milliseconds since 1970.
  std::string next_at(std::uint64_t unix_ms);

  /// Returns a new key for the current time. Does not allocate.
  Text next_text();

  /// Returns a new key of version 4: random, so that keys arrive in no order. Does not allocate.
  Text next_random_text();

 private:
  Text text_at(std::uint64_t unix_ms);
  std::uint64_t random_bits();

  std::uint64_t last_ms_ = 0;
  std::uint32_t count_ = 0;  // the 12 bits after the version; breaks ties within a millisecond
  std::array<std::uint64_t, 64> random_{};  // drawn in bulk: each draw is a system call
  std::size_t random_left_ = 0;
};

}  // namespace client
