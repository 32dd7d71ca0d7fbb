#pragma once

#include <stdexcept>

#include "client/wire/descriptor.hpp"
#include "client/wire/endpoint.hpp"
#include "client/wire/interrupt.hpp"
#include "client/wire/look_up.hpp"

namespace client {

/// The server did not reply to the command. what() is one line that says why.
class NoReply : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No connection could be made.
class CannotConnect : public NoReply {
 public:
  CannotConnect(const std::string& what, bool is_lasting)
      : NoReply(what), is_lasting_(is_lasting) {}
  /// True if another attempt would fail, too. A server that is not running may be restarting.
  bool is_lasting() const { return is_lasting_; }

 private:
  bool is_lasting_;
};

/// Opens a socket to an endpoint, trying each address of a host name in turn. A peer that vanishes
/// without closing is noticed within half a minute (keep-alive).
/// Returns a non-blocking socket.
/// Throws CannotConnect, also when the time is up; Interrupted.
/// Blocks until connected. Once the address is known, ten seconds are enough.
Descriptor dial(const Endpoint& endpoint, Until until, Interrupt* interrupt,
                const Resolver& resolver = &getaddrinfo);

}  // namespace client
