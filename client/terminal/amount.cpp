#include "client/terminal/amount.hpp"

#include <vector>

namespace client {

namespace {

// Appends the digits of `text` to `value`. Returns false for any other character or an overflow.
bool append_digits(std::string_view text, std::int64_t& value) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    if (__builtin_mul_overflow(value, 10, &value)) return false;
    if (__builtin_add_overflow(value, c - '0', &value)) return false;
  }
  return true;
}

std::vector<std::string> words_of(std::string_view sentence) {
  std::vector<std::string> words;
  for (;;) {
    const auto blank = sentence.find(' ');
    words.emplace_back(sentence.substr(0, blank));
    if (blank == sentence.npos) return words;
    sentence.remove_prefix(blank + 1);
  }
}

// Converts a number in digits to a decimal. Returns false if the word is not a number.
bool make_decimal(std::string& word) {
  const auto cents = parse_number(word, 0, INT64_MAX);
  if (cents) word = format_amount(*cents);
  return cents.has_value();
}

// True for `cents`, also with a punctuation mark after it.
bool is_cents(const std::string& word) {
  return word.starts_with("cents") && word.find_first_not_of(",;:.)", 5) == word.npos;
}

}  // namespace

std::string cents_as_decimals(std::string_view sentence) {
  auto words = words_of(sentence);
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!is_cents(words[i]) || !make_decimal(words[i - 1])) continue;
    if (i > 2 && words[i - 2] == "to") make_decimal(words[i - 3]);
    words[i - 1] += words[i].substr(5);
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
  }
  std::string joined = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) joined += " " + words[i];
  return joined;
}

std::optional<std::int64_t> parse_amount(std::string_view text) {
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string places = "00";
  if (dot != std::string_view::npos) {
    places = text.substr(dot + 1);
    if (places.empty() || places.size() > 2) return std::nullopt;
    places.resize(2, '0');
  }
  std::int64_t value = 0;
  if (whole.empty() || !append_digits(whole, value) || !append_digits(places, value)) {
    return std::nullopt;
  }
  return value;
}

std::string format_amount(std::int64_t minor_units) {
  // Unsigned, because the least negative number has no positive counterpart.
  const auto bits = static_cast<std::uint64_t>(minor_units);
  const std::uint64_t magnitude = minor_units < 0 ? 0 - bits : bits;
  const std::string places = std::to_string(magnitude % 100);
  return (minor_units < 0 ? "-" : "") + std::to_string(magnitude / 100) + "." +
         std::string(2 - places.size(), '0') + places;
}

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t least,
                                         std::int64_t most) {
  std::int64_t value = 0;
  if (text.empty() || !append_digits(text, value)) return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

}  // namespace client
