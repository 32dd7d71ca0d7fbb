#include "server/bank/secret.hpp"

#include <array>

#include <sodium.h>

namespace bank {
namespace {

using Digest = std::array<unsigned char, crypto_generichash_BYTES>;

Digest digest(std::string_view text) {
  Digest out;
  crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return out;
}

}  // namespace

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // never allocates
  sodium_memzero(text.data(), text.size());
  text.clear();
}

// A reference would be to the text it wipes in `secret = secret`.
Secret& Secret::operator=(Secret other) noexcept {  // NOLINT(performance-unnecessary-value-param)
  wipe(text_);
  text_ = other.text_;  // a swap could leave a copy on the stack
  return *this;
}

// Digests have one length, so that not even the lengths of the texts show in the time.
bool Secret::equals(const Secret& other) const {
  const Digest mine = digest(text_);
  const Digest theirs = digest(other.text_);
  return sodium_memcmp(mine.data(), theirs.data(), mine.size()) == 0;
}

}  // namespace bank
