#pragma once

/// PINs, kept as Argon2id hashes (libsodium). Hashing takes much memory and time on purpose; so
/// only so many are computed at once.
///
/// Any thread. Blocks until there is a free place, and while it computes.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "server/cancel/mutex.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class Pins {
 public:
  /// How dear a hash is. `cheap` is for tests that make many accounts; never for service.
  enum class Cost : std::uint8_t { service, cheap };
  explicit Pins(Cost cost);

  /// A hash with its salt and parameters, in libsodium's text form. Throws std::bad_alloc. For a
  /// transaction; the wait for a place is a cancellation point, with nothing else held.
  std::string hash(cancel::Request& request, std::string_view pin);

  /// Whether the PIN belongs to the hash; compared in constant time. Without a hash, as for an
  /// unknown account, the same work is done and the answer is no. No cancellation point; the
  /// caller bounds how many run at once. Throws std::bad_alloc.
  bool matches(const std::optional<std::string>& hash, std::string_view pin) const;

 private:
  std::string compute(std::string_view pin) const;

  const Cost cost_;
  std::string nobodys_;  // the hash an unknown account is checked against
  seam::Atomic<std::uint32_t> next_place_{0};
  std::array<cancel::CancellableMutex, 2> places_;
};

/// Equal, in a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace bank
