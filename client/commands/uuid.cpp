#include "client/commands/uuid.hpp"

#include <array>
#include <chrono>

#include <sodium.h>

namespace client {

namespace {

constexpr std::uint32_t count_limit = 1U << 12;

std::string spell(const std::array<std::uint8_t, 16>& bytes) {
  std::array<char, 33> digits{};
  sodium_bin2hex(digits.data(), digits.size(), bytes.data(), bytes.size());
  std::string text = digits.data();
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace

std::string KeySource::next() {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  return next_at(static_cast<std::uint64_t>(now.count()));
}

std::string KeySource::next_at(std::uint64_t unix_ms) {
  if (unix_ms > last_ms_) {
    last_ms_ = unix_ms;
    // Starts in the lower half, so that a burst within the millisecond can count up.
    count_ = randombytes_uniform(count_limit / 2);
  } else if (++count_ == count_limit) {
    ++last_ms_;
    count_ = 0;
  }
  std::array<std::uint8_t, 16> bytes{};
  randombytes_buf(bytes.data() + 8, 8);
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
  }
  bytes[6] = static_cast<std::uint8_t>(0x70U | (count_ >> 8));
  bytes[7] = static_cast<std::uint8_t>(count_);
  bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3FU));
  return spell(bytes);
}

}  // namespace client
