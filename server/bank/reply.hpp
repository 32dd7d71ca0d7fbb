#pragma once

/// The reply to a request: a value that knows nothing of how it is written on the wire, and owns
/// all it contains.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/bank/code.hpp"

namespace bank {

struct Reply {
  /// A fixed word: OK, PONG, TOOLATE.
  struct Status {
    std::string text;
  };
  /// A code for programs and one line for people.
  struct Error {
    Code code;
    std::string text;
  };
  struct Null {};
  using Bulk = std::string;  // any bytes
  using Array = std::vector<Reply>;
  using Map = std::vector<std::pair<std::string, Reply>>;  // in the order it is written
  /// Sent beside the replies; in RESP 2 it looks like an array.
  struct Push {
    Array elements;
  };

  std::variant<Null, std::int64_t, Status, Error, Bulk, Array, Map, Push> value;

  static Reply null() { return {Null{}}; }
  static Reply integer(std::int64_t number) { return {number}; }
  static Reply status(std::string text) { return {Status{std::move(text)}}; }
  static Reply ok() { return status("OK"); }
  static Reply error(Code code, std::string text) { return {Error{code, std::move(text)}}; }
  static Reply bulk(Bulk bytes) { return {std::move(bytes)}; }
  static Reply array(Array elements) { return {std::move(elements)}; }
  static Reply map(Map fields) { return {std::move(fields)}; }
  static Reply push(Array elements) { return {Push{std::move(elements)}}; }

  /// Null if the reply is no error.
  const Error* as_error() const { return std::get_if<Error>(&value); }
};

}  // namespace bank
