#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/wire/dial.hpp"
#include "client/wire/endpoint.hpp"
#include "client/wire/interrupt.hpp"
#include "client/wire/reply.hpp"

struct redisReader;

namespace client {

/// The connection ended, was silent beyond the limit, or carried something that no atm-server
/// sends. The last command may or may not have been carried out.
class ConnectionLost : public NoReply {
  using NoReply::NoReply;
};

/// A connection to the server: commands out, replies in, in the same order.
/// Owns its socket. Belongs to one thread at a time.
class Connection {
 public:
  /// Connects. Blocks until then. Throws CannotConnect, also when the time is up; Interrupted.
  Connection(const Endpoint& endpoint, Until until, Interrupt* interrupt);

  /// Sends one command whole; an interrupt does not cut it short. Blocks while the server does not
  /// read, for at most ten seconds. Throws ConnectionLost, also when the time is up.
  void send(const std::vector<std::string>& command, Until until);

  /// Returns the next reply. Blocks until it is complete. Throws ConnectionLost, also when the time
  /// is up; Interrupted.
  Reply receive(Until until, Interrupt* interrupt);

  /// Reads the bytes that have arrived. Never blocks. Throws ConnectionLost. For callers that poll
  /// descriptor() themselves.
  void take_in();
  /// Returns the next complete reply among the bytes read, if there is one.
  std::optional<Reply> next();

  /// True if bytes have arrived that belong to no reply returned so far. Never blocks.
  bool has_surplus() const;
  /// True if there is a surplus, or if the peer has closed the connection. Never blocks.
  bool stale() const;
  int descriptor() const { return socket_.number(); }

 private:
  int send_all(std::string_view bytes, Until until);

  const Descriptor socket_;
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

}  // namespace client
