#pragma once

/// One answer of the server, as RESP2 has it: maps arrive as flat arrays.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace client {

struct Reply {
  enum class Kind { nil, status, error, integer, string, array };

  Kind kind = Kind::nil;
  std::string text;  // of a status, an error or a string
  std::int64_t number = 0;
  std::vector<Reply> items;

  bool is_error() const { return kind == Kind::error; }
  /// Of an error its first word, `FUNDS`; of a status the whole, `CANCELLED`; else empty.
  std::string_view code() const;
  /// Of an error what follows its first word.
  std::string_view message() const;
  /// An integer in digits, anything else that has a text as it is.
  std::string spelled() const;
  /// The value of a field of a flat map; nullptr if there is none.
  const Reply* field(std::string_view name) const;
  /// A flat map's fields in their order; a last one without a value is left out.
  std::vector<std::pair<std::string, const Reply*>> fields() const;

  static Reply make_error(std::string text);
  static Reply make_integer(std::int64_t number);
};

}  // namespace client
