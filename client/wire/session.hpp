#pragma once

/// A connection that has said who it is, and can say so again after it was lost.

#include <cstdint>
#include <memory>

#include "client/wire/connection.hpp"
#include "client/wire/secret.hpp"

namespace client {

enum class Role { customer, teller, operator_ };

/// Who logs in. An operator needs no secret: the permissions of the Unix socket are the check.
struct Login {
  Role role = Role::operator_;
  std::int64_t account = 0;
  Secret secret;
};

/// The server answered AUTH with an error.
struct LoginRefused {
  Reply reply;
};

/// Opened on first use. One thread at a time.
class Session {
 public:
  /// Keeps references to nothing but `interrupt`, which must outlive it.
  Session(Endpoint endpoint, Login login, Interrupt& interrupt);

  /// Connects and logs in, unless that still stands. Blocks, within the time given and never for
  /// longer than half a minute. Throws CannotConnect, ConnectionLost, LoginRefused, Interrupted;
  /// the session is closed then.
  void open(Until until = std::nullopt);

  /// These two need an open session. Whatever receive() throws, the session stays as it is, so
  /// that one may go on waiting after an interrupt. A lost connection has to be closed.
  void send(const std::vector<std::string>& command);
  Reply receive(Until until = std::nullopt);

  /// All three in one; closes the session if it fails.
  Reply call(const std::vector<std::string>& command, Until until = std::nullopt);

  void close() { connection_.reset(); }
  bool is_open() const { return connection_ != nullptr; }
  /// True once a login has succeeded, whatever came later.
  bool was_open() const { return was_open_; }
  Connection& connection() { return *connection_; }
  const Login& login() const { return login_; }
  const Endpoint& endpoint() const { return endpoint_; }

  /// Closes; the next open() logs in with this.
  void change_secret(const Secret& secret);
  /// Another session of the same person at the same place, not open yet.
  Session sibling() const { return Session(endpoint_, login_, interrupt_); }

 private:
  void log_in(Until until);

  const Endpoint endpoint_;
  Login login_;
  Interrupt& interrupt_;
  std::unique_ptr<Connection> connection_;
  bool was_open_ = false;
};

}  // namespace client
