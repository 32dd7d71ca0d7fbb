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
    log_in(earlier(until, Clock::now() + login_limit));
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
  Reply reply = connection_->receive(until, &interrupt_);
  if (reply.is_error()) throw LoginRefused(std::move(reply));
}

void Session::send(const std::vector<std::string>& command, Until until) {
  connection_->send(command, until);
}

Reply Session::receive(Until until) {
  return connection_->receive(until, &interrupt_);
}

Reply Session::call(const std::vector<std::string>& command, Until until) {
  open(until);
  try {
    send(command, until);
    return receive(until);
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
