#include "server/bank/pins.hpp"

#include <cerrno>
#include <new>
#include <stdexcept>

#include <sodium.h>

namespace bank {
namespace {

// 19 MiB and two passes: the smallest setting that OWASP recommends for Argon2id.
constexpr unsigned long long service_passes = 2;
constexpr std::size_t service_memory = 19 * 1024 * 1024;

constexpr cancel::CancellableMutex::Names place_names = {"free place to hash",
                                                         "stop waiting to hash", "", false};

}  // namespace

Pins::Pins(Cost cost)
    : cost_(cost), places_{cancel::CancellableMutex{place_names, 1}, {place_names, 2}} {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used on this machine");
  no_account_hash_ = compute("no account has this PIN");
}

std::string Pins::hash(cancel::Request& request, std::string_view pin) {
  const cancel::MutexOwner place(request, places_[next_place_.fetch_add(1) % places_.size()]);
  return compute(pin);
}

std::string Pins::compute(std::string_view pin) const {
  const bool cheap = cost_ == Cost::cheap;
  std::string text(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(
          text.data(), pin.data(), pin.size(), cheap ? crypto_pwhash_OPSLIMIT_MIN : service_passes,
          cheap ? crypto_pwhash_MEMLIMIT_MIN : service_memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc();
  }
  text.resize(text.find('\0'));
  return text;
}

bool Pins::matches(const std::optional<std::string>& hash, std::string_view pin) const {
  const std::string& known = hash ? *hash : no_account_hash_;
  errno = 0;
  const bool equal = crypto_pwhash_str_verify(known.c_str(), pin.data(), pin.size()) == 0;
  if (!equal && errno == ENOMEM) throw std::bad_alloc();  // the PIN was not compared
  return equal && hash.has_value();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace bank
