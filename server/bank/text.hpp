#pragma once

/// Words and numbers as clients write them. Pure functions; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/one_line.hpp"

namespace bank {

/// Returns the word with its ASCII letters in lower case.
std::string lower(std::string_view word);
/// Whether the words are equal but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

/// Reads a decimal integer, a minus sign and leading zeros allowed; empty if the text is not one. A
/// number too large to hold becomes the largest or smallest there is.
std::optional<std::int64_t> number(std::string_view text);

using ledger::one_line;

/// Returns microseconds since 1970 as RFC 3339, UTC: "2026-01-31T09:30:00.123456Z"; empty for 0.
std::string rfc3339(std::int64_t microseconds);

}  // namespace bank
