#pragma once

/// Cuts a stream of bytes into requests: RESP arrays of bulk strings, and inline commands.
///
/// Bytes go in as they arrive and requests come out in order; where the stream was cut makes no
/// difference. What a client announces is checked before it is believed: memory grows only by bytes
/// that have arrived, and never past the limits.
///
/// A Framer belongs to one connection and is used by one thread at a time. Nothing blocks; nothing
/// is a cancellation point.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wire::resp {

/// How much one request may ask for. Sizes are in bytes.
struct Limits {
  std::size_t args = 64;              // arguments of a command, its name included
  std::size_t bulk = 16 * 1024;       // one argument
  std::size_t line = 16 * 1024;       // an inline command, or the line that announces a length
  std::size_t swallow = 1024 * 1024;  // of a command beyond `args` or `bulk`, read and dropped
};

/// For a client that has not yet said who it is.
inline constexpr Limits before_auth{.args = 16, .bulk = 1024, .line = 1024};

/// Nothing more can be said before more bytes arrive.
struct NeedMore {};

/// One request: its name and arguments, any bytes at all, at least one element.
struct Command {
  std::vector<std::string> args;
};

/// A request that was framed well but exceeds a limit. It has been read to its end and dropped; the
/// stream goes on after it.
struct TooBig {
  std::string text;  // what the limit is, for the client
};

/// The framing is lost. The connection can only be told and closed.
struct ProtocolError {
  std::string text;  // what follows "-ERR Protocol error: "
};

using Frame = std::variant<NeedMore, Command, TooBig, ProtocolError>;

class Framer {
 public:
  explicit Framer(Limits limits = {}) : limits_(limits) {}

  /// Takes a copy of the bytes; after a protocol error, drops them. Throws std::bad_alloc, and has
  /// taken nothing then.
  void feed(std::string_view bytes);

  /// The next request or refusal. After a ProtocolError it is that same error for good. Throws
  /// std::bad_alloc; the call can then be repeated.
  Frame next();

  /// Bytes fed and not yet part of a request. A reader stops at a bound of its own: any bound above
  /// max(line, bulk) + 2 lets every request through, since NeedMore means that at most so many
  /// bytes are left.
  std::size_t buffered() const { return unread().size(); }

  /// Holds from the next request on. Called between requests: after next() returned one.
  void set_limits(Limits limits) { limits_ = limits; }

 private:
  Frame parse();
  // Each takes one piece from the buffer, or returns false if it has not arrived whole. They, and
  // what they call, throw ProtocolError.
  bool read_start();
  bool read_length();
  bool read_argument();
  void start_array(std::string_view line);
  void start_inline(std::string_view line);
  Frame finish();

  std::optional<std::string_view> line(const char* if_too_long) const;
  void swallow(std::size_t bytes);
  std::string_view unread() const { return std::string_view(buffer_).substr(position_); }

  Limits limits_;
  std::string buffer_;
  std::size_t position_ = 0;  // where the unread part of buffer_ begins

  // The command under way.
  std::vector<std::string> args_;
  std::size_t missing_ = 0;            // arguments still to come
  std::optional<std::size_t> length_;  // of the argument that comes next, once announced
  std::optional<TooBig> too_big_;      // a limit was exceeded: the rest is swallowed
  std::size_t swallowed_ = 0;

  std::optional<ProtocolError> broken_;
};

}  // namespace wire::resp
