#pragma once

/// A reply as it arrived, in RESP 2 or 3.

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace rig {

struct Reply {
  char type = '_';   // + - : $ * % > as on the wire; _ for null
  std::string text;  // of + - $
  std::int64_t number = 0;
  std::vector<Reply> elements;  // of * and >; of %: name, value, name, value, …

  bool is_error() const { return type == '-'; }
  /// The first word of an error; empty if this is not an error.
  std::string code() const;
  /// The value of a field of a map, or of an array of names and values. Throws if it is not there.
  const Reply& operator[](std::string_view field) const;
  /// The names of the fields, in order.
  std::vector<std::string> fields() const;
  bool operator==(const Reply& other) const = default;
};

/// "+OK", "-ERR no such…", ":42", "$text", "[:1 $x]", ">[:1 $x]", "{name :1}", "null".
std::string show(const Reply& reply);
/// For doctest.
std::ostream& operator<<(std::ostream& out, const Reply& reply);

/// Takes one whole reply off the front of `bytes`. False if it has not arrived whole. Throws
/// std::runtime_error if the bytes are not RESP.
bool take_reply(std::string& bytes, Reply& reply);

}  // namespace rig
