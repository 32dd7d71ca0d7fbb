#pragma once

/// The address of a server.

#include <optional>
#include <string>
#include <string_view>

namespace client {

/// A TCP host and port, or the path of a Unix socket.
struct Endpoint {
  std::string host;
  std::string port;
  std::string path;  // if not empty, the other two are

  /// Returns `HOST:PORT`, `[IPV6]:PORT` or the path.
  std::string name() const;
};

/// Parses `HOST:PORT` or `[IPV6]:PORT`. Returns nothing if the text has another form.
std::optional<Endpoint> parse_endpoint(std::string_view text);

}  // namespace client
