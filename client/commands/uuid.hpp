#pragma once

/// Keys for writes: UUIDs of version 7 (RFC 9562), which sort by the time they were made, so that
/// the ledger's index of keys grows at its end.

#include <cstdint>
#include <string>

namespace client {

/// Makes keys, each greater than the one before, also when the clock stands still or goes back.
/// One thread at a time.
class KeySource {
 public:
  /// A new key, 36 characters, of the system clock's time. Throws nothing but bad_alloc.
  std::string next();

  /// The same at a time of the caller's choosing, in milliseconds since 1970.
  std::string next_at(std::uint64_t unix_ms);

 private:
  std::uint64_t last_ms_ = 0;
  std::uint32_t count_ = 0;  // the 12 bits after the version; breaks ties within a millisecond
};

}  // namespace client
