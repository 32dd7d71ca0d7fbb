#pragma once

/// Money as people write it (25.00) and as the wire carries it (2500), without a rounding between.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace client {

/// Reads a plain decimal of at most two places: `25`, `25.5`, `25.00`. Returns minor units, or
/// nothing for anything else: a sign, an exponent, a third place, a bare dot, or more than 64 bits
/// hold. What the bank accepts (not zero, not too much) is for the server to say.
std::optional<std::int64_t> parse_amount(std::string_view text);

/// Minor units as a decimal of exactly two places; takes any value, negative ones too.
std::string format_amount(std::int64_t minor_units);

/// A sentence of the server's as people read it: `has only 10100 cents` says `has only 101.00`, and
/// `1 to 500 cents` says `0.01 to 5.00`. All else stays as it is.
std::string cents_as_decimals(std::string_view sentence);

/// Reads decimal digits only (leading zeros mean nothing). Nothing if the text is not a number
/// within the limits, both included.
std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t least,
                                         std::int64_t most);

}  // namespace client
