#pragma once

/// Makes the keys of writes: UUIDs of version 7 (RFC 9562). They sort by time, so that the ledger's
/// index of keys grows at its end.

#include <cstdint>
#include <string>

namespace client {

/// Makes keys, each greater than the previous one even if the clock stops or goes back. Belongs to
/// one thread at a time.
class KeySource {
 public:
  /// Returns a new key of 36 characters for the current time.
  std::string next();

  /// Returns a new key for the given time, in milliseconds since 1970.
  std::string next_at(std::uint64_t unix_ms);

 private:
  std::uint64_t last_ms_ = 0;
  std::uint32_t count_ = 0;  // the 12 bits after the version; breaks ties within a millisecond
};

}  // namespace client
