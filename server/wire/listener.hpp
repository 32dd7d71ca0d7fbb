#pragma once

/// The two places where clients connect: the TCP port, and the operator's Unix socket. The event
/// loop's thread.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <sys/stat.h>

namespace wire {

/// A listener calls these on the event loop's thread.
struct Callbacks {
  /// A client has connected, from that address.
  std::function<void(asio::generic::stream_protocol::socket, std::string address)> accepted;
  /// No connection can be accepted at the moment: no descriptor is free, for example. Clients wait
  /// until the listener, which retries by itself, succeeds.
  std::function<void(const std::string& why)> failed;
};

struct TcpAddress {
  std::string host;              // a name or an address; "*": every address of both families
  std::uint16_t port = 0;        // 0 picks a free one
  bool beyond_loopback = false;  // allows addresses that other machines can reach, unencrypted
};

/// Listens on every address that the host's name has.
class Listener {
 public:
  /// Throws std::runtime_error, in one line, if it cannot listen, or if an address is beyond
  /// loopback and that is not allowed.
  Listener(asio::io_context& loop, const TcpAddress& address, Callbacks callbacks);
  /// Begins to accept.
  void accept();
  void close();
  /// HOST:PORT, with the port that was picked if 0 was asked for.
  std::string address() const;

 private:
  struct Port {
    asio::ip::tcp::acceptor acceptor;
    asio::steady_timer retry;
  };

  const TcpAddress wanted_;
  std::vector<Port> ports_;  // complete before accept()
  const Callbacks callbacks_;
};

/// Listens on a socket file of mode 0600.
class AdminListener {
 public:
  /// Replaces a socket file on which no process listens; any other file is left alone. Throws
  /// std::runtime_error, in one line, if it cannot listen.
  AdminListener(asio::io_context& loop, const std::string& path, Callbacks callbacks);
  /// Removes the file, unless another server has replaced it.
  ~AdminListener();
  AdminListener(const AdminListener&) = delete;
  AdminListener& operator=(const AdminListener&) = delete;
  /// Begins to accept.
  void accept();
  void close();

 private:
  const std::string name_;
  int folder_ = -1;      // where the file was made, even if the folder is renamed
  struct stat made_ {};  // the file, as it was made
  asio::local::stream_protocol::acceptor acceptor_;
  asio::steady_timer retry_;
  const Callbacks callbacks_;
};

}  // namespace wire
