#pragma once

/// Converts money between decimals (25.00) and minor units (2500), without floating point.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace client {

/// Parses a plain decimal of at most two places: `25`, `25.5`, `25.00`. Returns minor units.
/// Returns nothing for any other text, such as one with a sign, an exponent, a third place or a
/// bare dot, or if the amount exceeds 64 bits. Whether the bank accepts it is the server's
/// decision.
std::optional<std::int64_t> parse_amount(std::string_view text);

/// Returns minor units, which may be negative, as a decimal of exactly two places.
std::string format_amount(std::int64_t minor_units);

/// Replaces cents in a sentence of the server by decimals: `has only 10100 cents` becomes `has only
/// 101.00`, and `1 to 500 cents` becomes `0.01 to 5.00`. Returns the sentence.
std::string cents_as_decimals(std::string_view sentence);

/// Parses decimal digits; leading zeros are allowed. Returns nothing if the text is not a number
/// from `least` to `most`.
std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t least,
                                         std::int64_t most);

}  // namespace client
