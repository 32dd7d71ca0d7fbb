#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "client/bench/plan.hpp"

namespace client::bench {

/// A reply that is not an array, as a view of the bytes it was parsed from.
struct ShortReply {
  enum class Kind { status, error, integer, string, nil };

  Kind kind;
  std::string_view text;  // without the mark and the line end
  std::size_t size;       // of the reply, in bytes

  /// Returns the first word of the text: the code of an error, or a verdict.
  std::string_view code() const { return text.substr(0, text.find(' ')); }
};

/// Parses the reply at the beginning of the bytes, in RESP2. Returns nothing if it is not complete.
/// Throws ConnectionLost if the bytes are something else, or an array.
std::optional<ShortReply> parse_short_reply(std::string_view bytes);

/// Returns true if a reply that is not an error fits the operation: an integer that is not negative
/// for those of the bank, `+PONG` for a ping, a number or nil for GET.
bool fits(const ShortReply& reply, Operation operation);

}  // namespace client::bench
