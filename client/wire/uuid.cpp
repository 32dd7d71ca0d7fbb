#include "client/wire/uuid.hpp"

#include <chrono>
#include <string_view>

#include <sodium.h>

namespace client {

namespace {

constexpr std::uint32_t count_limit = 1U << 12;

std::uint64_t now_ms() {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  return static_cast<std::uint64_t>(now.count());
}

// Spells the two halves of a UUID, of the given version, in the variant of RFC 9562.
KeySource::Text spell(std::uint64_t high, std::uint64_t low, std::uint64_t version) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  high = (high & ~0xF000ULL) | version << 12;
  low = (low & ~(0x3ULL << 62)) | 0x2ULL << 62;
  KeySource::Text text{};
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = form[i];
    if (form[i] == '-') continue;
    const std::uint64_t half = digits < 16 ? high : low;
    text[i] = "0123456789abcdef"[half >> (60 - 4 * (digits % 16)) & 0xF];
    ++digits;
  }
  return text;
}

}  // namespace

std::string KeySource::next() {
  return next_at(now_ms());
}

std::string KeySource::next_at(std::uint64_t unix_ms) {
  const Text text = text_at(unix_ms);
  return {text.data(), text.size()};
}

KeySource::Text KeySource::next_text() {
  return text_at(now_ms());
}

KeySource::Text KeySource::next_random_text() {
  const std::uint64_t high = random_bits();
  return spell(high, random_bits(), 4);
}

KeySource::Text KeySource::text_at(std::uint64_t unix_ms) {
  if (unix_ms > last_ms_) {
    last_ms_ = unix_ms;
    // Starts in the lower half, so that a burst within the millisecond can count up.
    count_ = static_cast<std::uint32_t>(random_bits() % (count_limit / 2));
  } else if (++count_ == count_limit) {
    ++last_ms_;
    count_ = 0;
  }
  return spell(last_ms_ << 16 | count_, random_bits(), 7);
}

std::uint64_t KeySource::random_bits() {
  if (random_left_ == 0) {
    randombytes_buf(random_.data(), sizeof random_);
    random_left_ = random_.size();
  }
  return random_[--random_left_];
}

}  // namespace client
