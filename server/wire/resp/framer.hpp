#pragma once

/// Cuts a stream of bytes into requests: RESP arrays of bulk strings, and inline commands.
///
/// Bytes go in as they arrive, and requests come out in order; the result does not depend on how
/// the stream was split into reads. A length that a client announces is checked first: memory grows
/// only by bytes that have arrived, and never beyond the limits.
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

/// The largest request that is accepted. Sizes are in bytes.
struct Limits {
  std::size_t args = 64;              // arguments of a command, its name included
  std::size_t bulk = 16 * 1024;       // one argument
  std::size_t line = 16 * 1024;       // an inline command, or the line that announces a length
  std::size_t swallow = 1024 * 1024;  // of a command beyond `args` or `bulk`: read and dropped
};

/// For a client that has not logged in.
inline constexpr Limits before_auth{.args = 16, .bulk = 1024, .line = 1024};

/// The next request has not arrived whole.
struct NeedMore {};

/// One request: its name and arguments, any bytes at all, at least one element.
struct Command {
  std::vector<std::string> args;
};

/// A well-framed request exceeds a limit. It was read to its end and dropped; the next request
/// follows.
struct TooBig {
  std::string text;  // names the limit, for the client
};

/// The framing is lost: the stream has no next request. Reply with the error and close.
struct ProtocolError {
  std::string text;  // follows "-ERR Protocol error: "
};

using Frame = std::variant<NeedMore, Command, TooBig, ProtocolError>;

class Framer {
 public:
  explicit Framer(Limits limits = {}) : limits_(limits) {}

  /// Copies the bytes; after a protocol error, drops them.
  void feed(std::string_view bytes);

  /// Cuts the next request off the bytes that were fed. After a ProtocolError it returns the same
  /// error for good.
  Frame next();

  /// Bytes fed and not yet part of a request. The caller stops feeding at a bound of its own. The
  /// bound must be above max(line, bulk) + 2: after NeedMore, at most that many bytes are left.
  std::size_t buffered() const { return unread().size(); }

  /// Applies from the next request on. Call it between requests only: after next() returned one.
  void set_limits(Limits limits) { limits_ = limits; }

 private:
  Frame parse();
  // Each takes one piece from the buffer, or returns false if it has not arrived whole. They throw
  // ProtocolError.
  bool read_start();
  bool read_length();
  bool read_argument();
  void start_array(std::string_view line);
  void start_inline(std::string_view line);
  Frame finish();

  std::optional<std::string_view> line(const char* if_too_long) const;
  std::string_view unread() const { return std::string_view(buffer_).substr(position_); }

  Limits limits_;
  std::string buffer_;
  std::size_t position_ = 0;  // where the unread part of buffer_ begins

  // The command that is being read.
  std::vector<std::string> args_;
  std::size_t missing_ = 0;            // arguments still to arrive
  std::optional<std::size_t> length_;  // of the next argument, once announced
  std::optional<TooBig> too_big_;      // a limit was exceeded: the rest is read and dropped
  std::size_t swallowed_ = 0;          // bytes of it, so far

  std::optional<ProtocolError> broken_;
};

}  // namespace wire::resp
