#include "server/bank/pins.hpp"

#include <cstdio>
#include <stdexcept>

#include <sodium.h>

namespace bank {
namespace {

// 19 MiB and two passes: the smallest setting that OWASP recommends for Argon2id.
constexpr unsigned long long service_passes = 2;
constexpr std::size_t service_memory = 19 * 1024 * 1024;

constexpr cancel::CancellableMutex::Names place_names = {"free place to hash",
                                                         "stop waiting to hash", "", false};

using Salt = std::array<unsigned char, crypto_pwhash_SALTBYTES>;
using Digest = std::array<unsigned char, 32>;

/// The parts of a hash in libsodium's text form: $argon2id$v=19$m=KiB,t=passes,p=1$salt$digest.
struct StoredHash {
  std::size_t kibibytes = 0;
  unsigned long long passes = 0;
  Salt salt;
  Digest digest;
};

template <typename Bytes>
bool decode(std::string_view text, Bytes& bytes) {
  std::size_t length = 0;
  return sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                           nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
         length == bytes.size();
}

StoredHash parse(const std::string& text) {
  StoredHash stored;
  int salt_at = 0;
  std::sscanf(text.c_str(), "$argon2id$v=19$m=%zu,t=%llu,p=1$%n", &stored.kibibytes, &stored.passes,
              &salt_at);
  const std::string_view rest = std::string_view(text).substr(static_cast<std::size_t>(salt_at));
  const std::size_t dollar = rest.find('$');
  const bool sound = salt_at > 0 && dollar != rest.npos &&
                     decode(rest.substr(0, dollar), stored.salt) &&
                     decode(rest.substr(dollar + 1), stored.digest);
  if (!sound) throw CannotHash("the stored hash is damaged");
  return stored;
}

}  // namespace

Pins::Pins(Cost cost)
    : cost_(cost), places_{cancel::CancellableMutex{place_names, 1}, {place_names, 2}} {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used on this machine");
  no_account_hash_ = compute(Secret("no account has this PIN"));
}

std::string Pins::hash(cancel::Request& request, const Secret& pin) {
  const cancel::MutexOwner place(request, places_[next_place_.fetch_add(1) % places_.size()]);
  return compute(pin);
}

std::string Pins::compute(const Secret& pin) const {
  const bool cheap = cost_ == Cost::cheap;
  std::string text(crypto_pwhash_STRBYTES, '\0');
  computed_.add(1);
  if (crypto_pwhash_str_alg(text.data(), pin.reveal().data(), pin.reveal().size(),
                            cheap ? crypto_pwhash_OPSLIMIT_MIN : service_passes,
                            cheap ? crypto_pwhash_MEMLIMIT_MIN : service_memory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw CannotHash("no memory to hash a PIN");
  }
  text.resize(text.find('\0'));
  return text;
}

// crypto_pwhash_str_verify() would return the same for a wrong PIN and for a lack of memory.
bool Pins::matches(const std::optional<std::string>& hash, const Secret& pin) const {
  const StoredHash stored = parse(hash ? *hash : no_account_hash_);
  Digest digest;
  computed_.add(1);
  if (crypto_pwhash(digest.data(), digest.size(), pin.reveal().data(), pin.reveal().size(),
                    stored.salt.data(), stored.passes, stored.kibibytes * 1024,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw CannotHash("no memory to hash a PIN");
  }
  const bool equal = sodium_memcmp(digest.data(), stored.digest.data(), digest.size()) == 0;
  sodium_memzero(digest.data(), digest.size());
  return equal && hash.has_value();
}

}  // namespace bank
