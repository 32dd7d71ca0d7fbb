#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace client {

/// The form of a command's reply, unless it is an error.
enum class Form {
  any,
  ok,       // the status OK
  verdict,  // a status: CANCELLED, ALREADY or TOOLATE
  integer,
  text,  // a string
  map,
  maps,  // an array of maps
};

/// One reply of the server in RESP2, where a map is a flat array of names and values.
struct Reply {
  enum class Kind { nil, status, error, integer, string, array };

  Kind kind = Kind::nil;
  std::string text;  // of a status, an error or a string
  std::int64_t number = 0;
  std::vector<Reply> items;

  bool is_error() const { return kind == Kind::error; }
  bool has(Form form) const;
  /// Returns the first word of an error, such as `FUNDS`; the whole of a status; otherwise nothing.
  std::string_view code() const;
  /// Returns an error's text after its code.
  std::string_view message() const;
  /// Returns the digits of an integer, otherwise `text`.
  std::string spelled() const;
  /// Returns the value of a field of a flat map, or nullptr if there is no such field.
  const Reply* field(std::string_view name) const;
  /// Returns the fields of a flat map in their order, without a last name that has no value.
  std::vector<std::pair<std::string, const Reply*>> fields() const;
};

}  // namespace client
