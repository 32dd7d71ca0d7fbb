#include "db/one_line.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace ledger {
namespace {

/// Returns the size of the UTF-8 character at the start of the text; 0 if there is none (RFC 3629).
std::size_t character_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong, a surrogate, or beyond U+10FFFF.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return size;
}

char32_t code_point(std::string_view character) {
  if (character.size() == 1) return static_cast<std::uint8_t>(character[0]);
  auto code = static_cast<char32_t>(static_cast<std::uint8_t>(character[0]) &
                                    (0xFF >> (character.size() + 1)));
  for (const char byte : character.substr(1)) {
    code = code << 6 | (static_cast<std::uint8_t>(byte) & 0x3F);
  }
  return code;
}

/// Whether the UTF-8 character breaks a line, changes the order of the text around it, or is
/// invisible: C0, DEL, C1 (a terminal may obey these), and Unicode's separators and format
/// characters, except the two joiners that scripts need.
bool is_control(std::string_view character) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  static constexpr Range ranges[] = {
      {0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x180E, 0x180E}, {0x200B, 0x200B},
      {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};
  const char32_t code = code_point(character);
  return std::any_of(std::begin(ranges), std::end(ranges), [code](const Range& range) {
    return range.first <= code && code <= range.last;
  });
}

}  // namespace

std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    const std::string_view shown = size == 0 ? "?" : is_control(character) ? " " : character;
    if (line.size() + shown.size() > most) break;
    line += shown;
    text.remove_prefix(character.size());
  }
  return line;
}

}  // namespace ledger
