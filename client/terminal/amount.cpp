#include "client/terminal/amount.hpp"

#include <charconv>
#include <regex>

namespace client {

std::string cents_as_decimals(std::string_view sentence) {
  static const std::regex sum(
      "(^| )(?:([0-9]{1,19}) to )?([0-9]{1,19}) cents(?=[,;:.)]{0,3}( |$))");
  const auto decimal = [](std::string cents) {
    if (cents.size() < 3) cents.insert(0, 3 - cents.size(), '0');
    return cents.insert(cents.size() - 2, ".");
  };
  const std::string text(sentence);
  std::string result;
  auto rest = text.cbegin();
  for (std::sregex_iterator at(text.begin(), text.end(), sum), end; at != end; ++at) {
    result.append(rest, (*at)[1].second);
    if ((*at)[2].matched) result += decimal((*at)[2]) + " to ";
    result += decimal((*at)[3]);
    rest = (*at)[0].second;
  }
  return result.append(rest, text.cend());
}

std::optional<std::int64_t> parse_amount(std::string_view text) {
  const auto dot = text.find('.');
  const std::string whole(text.substr(0, dot));
  std::string places = "00";
  if (dot != std::string_view::npos) {
    places = text.substr(dot + 1);
    if (places.empty() || places.size() > 2) return std::nullopt;
    places.resize(2, '0');
  }
  if (whole.empty()) return std::nullopt;
  return parse_number(whole + places, 0, INT64_MAX);
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
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.starts_with('-') || error != std::errc() || stop != end) return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

}  // namespace client
