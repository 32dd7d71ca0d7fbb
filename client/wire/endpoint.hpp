#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace client {

/// Where a server is: a TCP host and port, or the path of a Unix socket.
struct Endpoint {
  std::string host;
  std::string port;
  std::string path;

  /// As people write it.
  std::string name() const;
};

/// `HOST:PORT` or `[IPV6]:PORT`; nothing if it is not of that form.
std::optional<Endpoint> parse_endpoint(std::string_view text);
Endpoint unix_endpoint(std::string path);

}  // namespace client
