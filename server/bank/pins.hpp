#pragma once

/// PINs, kept as Argon2id hashes (libsodium). A hash takes much memory and time on purpose, so only
/// a few are computed at once. Any thread.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "server/cancel/mutex.hpp"
#include "server/seam/seam.hpp"

namespace bank {

class Pins {
 public:
  /// The cost of a hash. `cheap` is for tests that make many accounts.
  enum class Cost : std::uint8_t { service, cheap };
  explicit Pins(Cost cost);

  /// Returns a hash with its salt and parameters, in libsodium's text form. Throws std::bad_alloc.
  /// Blocks until one of two places is free (a cancellation point), and while it computes.
  std::string hash(cancel::Request& request, std::string_view pin);

  /// Returns whether the PIN belongs to the hash; compares in constant time. Without a hash, as for
  /// an unknown account, does the same work and returns false. Throws std::bad_alloc. Blocks while
  /// it computes and is not a cancellation point; the caller bounds how many run at once.
  bool matches(const std::optional<std::string>& hash, std::string_view pin) const;

 private:
  std::string compute(std::string_view pin) const;

  const Cost cost_;
  std::string no_account_hash_;  // compared with the PIN of an unknown account
  seam::Atomic<std::uint32_t> next_place_{0};
  std::array<cancel::CancellableMutex, 2> places_;
};

/// Compares in a time that depends only on the lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace bank
