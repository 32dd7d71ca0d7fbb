#include "client/wire/session.hpp"

#include <sodium.h>

namespace client {

namespace {

// Long, because the server checks only a few PINs at a time, and each takes a while on purpose.
constexpr auto login_limit = std::chrono::seconds(30);

}  // namespace

Session::Session(Endpoint endpoint, Login login, Interrupt& interrupt)
    : endpoint_(std::move(endpoint)), login_(std::move(login)), interrupt_(interrupt) {}

void Session::open(Until until) {
  if (connection_ && !connection_->stale()) return;
  connection_.reset();
  connection_ = std::make_unique<Connection>(endpoint_, until, &interrupt_);
  try {
    expect_silence();
    log_in(earlier(until, Clock::now() + login_limit));
    expect_silence();
  } catch (...) {
    close();
    throw;
  }
}

void Session::log_in(Until until) {
  if (login_.role == Role::operator_) return;
  const bool is_customer = login_.role == Role::customer;
  std::vector<std::string> command{"AUTH", is_customer ? std::to_string(login_.account) : "teller",
                                   login_.secret.text()};
  connection_->send(command, until);
  sodium_memzero(command.back().data(), command.back().size());
  Reply reply = receive(until, Form::ok);
  if (reply.is_error()) throw LoginRefused(std::move(reply));
}

// A reply that arrives before its command would be taken for the reply to the next one.
void Session::expect_silence() const {
  if (!connection_->has_surplus()) return;
  throw ConnectionLost("the server sent a reply before it was asked; is it an atm-server?");
}

void Session::send(const std::vector<std::string>& command, Until until) {
  connection_->send(command, until);
}

Reply Session::receive(Until until, Form form) {
  Reply reply = connection_->receive(until, &interrupt_);
  if (reply.is_error() || reply.has(form)) return reply;
  throw ConnectionLost("the server sent a reply of another type; is it an atm-server?");
}

Reply Session::call(const std::vector<std::string>& command, Until until, Form form) {
  open(until);
  try {
    send(command, until);
    return receive(until, form);
  } catch (...) {
    close();
    throw;
  }
}

void Session::change_secret(const Secret& secret) {
  close();
  login_.secret = secret;
}

}  // namespace client
