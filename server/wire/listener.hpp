#pragma once

/// Where clients come in: the TCP port, and the operator's Unix socket. The boss's thread.

#include <functional>
#include <string>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>

#include "server/options.hpp"

namespace server {

/// A new client, and where it comes from.
using Accepted = std::function<void(asio::generic::stream_protocol::socket, std::string address)>;

/// Accepts until it is closed; when the system has no descriptor to give it tries again a little
/// later, and clients wait.
class Listener {
 public:
  /// Listens. Throws std::runtime_error, in one line, if it cannot, or if the address is beyond
  /// loopback and that was not allowed.
  Listener(asio::io_context& loop, const Options& options, Accepted accepted);
  void accept();
  void close();
  /// HOST:PORT, with the port that was found if 0 was asked for.
  std::string address() const;

 private:
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer later_;
  const Accepted accepted_;
};

class AdminListener {
 public:
  /// Listens on a socket file of mode 0600. Whoever holds the ledger's lock may replace a stale
  /// one; a file that is no socket is left alone. Throws as Listener does.
  AdminListener(asio::io_context& loop, const Options& options, Accepted accepted);
  /// Removes the file.
  ~AdminListener();
  void accept();
  void close();

 private:
  const std::string path_;
  asio::local::stream_protocol::acceptor acceptor_;
  asio::steady_timer later_;
  const Accepted accepted_;
};

}  // namespace server
