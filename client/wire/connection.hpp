#pragma once

/// One connection to the server: commands out, replies in, in order.

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/wire/endpoint.hpp"
#include "client/wire/interrupt.hpp"
#include "client/wire/reply.hpp"

struct redisReader;

namespace client {

/// Nothing answers at the endpoint. what() is one line.
class CannotConnect : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The connection ended, fell silent past the limit, or spoke something else than RESP: whether the
/// last command was carried out is not known. what() is one line.
class ConnectionLost : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One thread at a time. The socket is closed with the object.
class Connection {
 public:
  /// Blocks until connected. Throws CannotConnect (also when the time is up), Interrupted.
  Connection(const Endpoint& endpoint, Until until, Interrupt* interrupt);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Hands one command to the socket. Blocks while the server does not read, ten seconds at the
  /// most. Throws ConnectionLost.
  void send(const std::vector<std::string>& command);

  /// Blocks for the next reply. Throws ConnectionLost (also when the time is up), Interrupted.
  Reply receive(Until until, Interrupt* interrupt);

  /// For those who poll many connections themselves: takes in what has arrived, without blocking
  /// (throws ConnectionLost at its end); then hands out the replies complete by now, one a call.
  void take_in();
  std::optional<Reply> next();

  /// True if the peer has closed, or has said something nobody asked for. Never blocks.
  bool stale() const;
  int descriptor() const noexcept { return socket_; }

 private:
  struct FreeReader {
    void operator()(redisReader* reader) const noexcept;
  };

  int socket_ = -1;
  std::unique_ptr<redisReader, FreeReader> reader_;
};

}  // namespace client
