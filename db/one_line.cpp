#include "db/one_line.hpp"

#include <algorithm>
#include <cstdint>
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

/// Whether the UTF-8 character is of C0, DEL or C1. A terminal may obey C1 as well.
bool is_control(std::string_view character) {
  const auto last = static_cast<std::uint8_t>(character.back());
  if (character.size() == 1) return last < 0x20 || last == 0x7F;
  return character.front() == '\xC2' && last < 0xA0;
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
