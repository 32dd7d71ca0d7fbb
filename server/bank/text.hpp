#pragma once

/// Words and numbers as clients write them. Pure functions; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bank {

/// The word with its ASCII letters in lower case.
std::string lower(std::string_view word);
/// Equal but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

/// A decimal integer, a minus sign and leading zeros allowed. `digits` says whether the text is
/// one; a number too large to hold becomes the largest or smallest there is.
struct Number {
  bool digits = false;
  std::int64_t value = 0;
};
Number number(std::string_view text);

/// The text as one line of UTF-8, of at most `most` bytes, cut between two characters: a blank for
/// every control character, a question mark for every byte that is not UTF-8.
std::string one_line(std::string_view text, std::size_t most);

/// Microseconds since 1970 as RFC 3339, UTC: "2026-01-31T09:30:00.123456Z"; empty for 0.
std::string rfc3339(std::int64_t microseconds);

}  // namespace bank
