#pragma once

#include <cstdint>
#include <memory>

#include "client/wire/connection.hpp"
#include "client/wire/secret.hpp"

namespace client {

enum class Role { customer, teller, operator_ };

/// The role and the secret to log in with. An operator has no secret: the permissions of the Unix
/// socket are the check.
struct Login {
  Role role = Role::operator_;
  std::int64_t account = 0;  // of a customer
  Secret secret;
};

/// The server answered AUTH with an error.
struct LoginRefused : NoReply {
  explicit LoginRefused(Reply refusal) : NoReply(refusal.text), reply(std::move(refusal)) {}
  Reply reply;
};

/// A logged-in connection that can be opened again after it was lost. Opened on first use.
/// Belongs to one thread at a time.
class Session {
 public:
  /// `interrupt` must outlive the session.
  Session(Endpoint endpoint, Login login, Interrupt& interrupt);

  /// Connects and logs in, unless the session is open already. Blocks until the given time, and for
  /// at most 40 seconds once the address is known. Throws CannotConnect, ConnectionLost,
  /// LoginRefused, Interrupted, and leaves the session closed then.
  void open(Until until);

  /// As in Connection; the session must be open. After Interrupted the caller may go on receiving.
  /// After ConnectionLost it must close the session. receive() throws that also for a reply that is
  /// neither an error nor of this form.
  void send(const std::vector<std::string>& command, Until until);
  Reply receive(Until until, Form form = Form::any);

  /// Opens, sends and receives. Closes the session if one of them throws.
  Reply call(const std::vector<std::string>& command, Until until, Form form = Form::any);

  void close() { connection_.reset(); }
  /// The session must be open.
  Connection& connection() { return *connection_; }
  const Login& login() const { return login_; }

  /// Closes the session; the next open() logs in with this secret.
  void change_secret(const Secret& secret);
  /// Returns a second session, not open yet, with the same server and login.
  Session sibling() const { return Session(endpoint_, login_, interrupt_); }

 private:
  void log_in(Until until);
  void expect_silence() const;

  const Endpoint endpoint_;
  Login login_;
  Interrupt& interrupt_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace client
