#pragma once

/// PINs, kept as Argon2id hashes (libsodium). A hash takes much memory and time on purpose, so only
/// a few are computed at once. Any thread.

#include <array>
#include <optional>
#include <stdexcept>
#include <string>

#include "server/bank/secret.hpp"
#include "server/cancel/mutex.hpp"
#include "server/seam/seam.hpp"

namespace bank {

/// The machine has no memory for Argon2, or a stored hash is damaged. Says nothing about the PIN.
struct CannotHash : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Pins {
 public:
  /// The cost of a hash. `cheap` is for tests that make many accounts.
  enum class Cost : std::uint8_t { service, cheap };
  explicit Pins(Cost cost);

  /// Returns a hash with its salt and parameters, in libsodium's text form. Throws CannotHash.
  /// Blocks until one of two places is free (a cancellation point), and while it computes.
  std::string hash(cancel::Request& request, const Secret& pin);

  /// Returns whether the PIN belongs to the hash; compares in constant time. Without a hash, as for
  /// an unknown account, does the same work and returns false. Throws CannotHash. Blocks while it
  /// computes and is not a cancellation point; the caller bounds how many run at once.
  bool matches(const std::optional<std::string>& hash, const Secret& pin) const;

  /// The number of hashes computed so far.
  std::int64_t computed() const { return computed_.load(); }

 private:
  std::string compute(const Secret& pin) const;

  const Cost cost_;
  std::string no_account_hash_;  // compared with the PIN of an unknown account
  mutable seam::Atomic<std::int64_t> computed_{0};
  seam::Atomic<std::uint32_t> next_place_{0};
  std::array<cancel::CancellableMutex, 2> places_;
};

}  // namespace bank
