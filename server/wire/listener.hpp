#pragma once

/// Where clients come in: the TCP port, and the operator's Unix socket. The boss's thread.

#include <cstdint>
#include <functional>
#include <string>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>

namespace wire {

/// What a listener calls.
struct Callbacks {
  /// A client has connected; `address` names its end for people.
  std::function<void(asio::generic::stream_protocol::socket, std::string address)> accepted;
  /// No connection can be accepted at the moment. The listener tries again by itself.
  std::function<void(const std::string& why)> failed;
};

/// Where clients are to come in.
struct TcpAddress {
  std::string host;
  std::uint16_t port = 0;
  bool beyond_loopback =
      false;  // may be reached from other machines, although nothing is encrypted
};

/// Accepts until it is closed; when the system has no descriptor to give it tries again a little
/// later, and clients wait.
class Listener {
 public:
  /// Listens on that address; port 0 picks a free one. Throws std::runtime_error, in one line, if
  /// it cannot, or if the address is beyond loopback and that is not allowed.
  Listener(asio::io_context& loop, const TcpAddress& address, Callbacks callbacks);
  void accept();
  void close();
  /// HOST:PORT, with the port that was found if 0 was asked for.
  std::string address() const;

 private:
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer later_;
  const Callbacks callbacks_;
};

class AdminListener {
 public:
  /// Listens on a socket file of mode 0600. Whoever holds the ledger's lock may replace a stale
  /// one; a file that is no socket is left alone. Throws as Listener does.
  AdminListener(asio::io_context& loop, const std::string& path, Callbacks callbacks);
  /// Removes the file.
  ~AdminListener();
  void accept();
  void close();

 private:
  const std::string path_;
  asio::local::stream_protocol::acceptor acceptor_;
  asio::steady_timer later_;
  const Callbacks callbacks_;
};

}  // namespace wire
