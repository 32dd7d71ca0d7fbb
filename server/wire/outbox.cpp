#include "server/wire/outbox.hpp"

#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace wire {
namespace {

// While a client leaves more than this unread, its next request waits.
constexpr std::size_t unsent_limit_to_execute = 256 * 1024;
// A client that leaves more than this unread is dropped. The largest reply is smaller.
constexpr std::size_t unsent_limit = 16 * 1024 * 1024;
// A larger buffer is freed once it is empty.
constexpr std::size_t kept_limit = 16 * 1024;

}  // namespace

Outbox::Delivered Outbox::deliver(const bank::Reply& reply) {
  const seam::Lock lock(mutex_);
  busy_ = false;
  const bool client_listens = state_ == State::open;
  if (state_ != State::shut) {
    if (!std::exchange(reply_unsent_, true)) unsent_since_ = seam::now();
    resp::encode(reply, version_, unsent_);
    send_some();
  }
  const bool loop_must_send = !unsent_.empty() && !std::exchange(loop_sends_, true);
  const bool input_waited = std::exchange(input_waits_, false);
  return {client_listens && state_ == State::open,
          loop_must_send || input_waited || state_ != State::open};
}

void Outbox::send_some() {
  std::size_t sent = 0;
  while (sent < unsent_.size()) {
    const ssize_t count =
        ::send(socket_, unsent_.data() + sent, unsent_.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) state_ = State::shut;
    if (count <= 0) break;
    sent += static_cast<std::size_t>(count);
  }
  if (sent > 0) unsent_since_ = seam::now();
  unsent_.erase(0, sent);
  if (unsent_.empty()) reply_unsent_ = false;
  if (unsent_.empty() && unsent_.capacity() > kept_limit) std::string().swap(unsent_);
  if (unsent_.size() > unsent_limit) state_ = State::shut;
}

void Outbox::push(const std::vector<bank::Reply>& pushes) {
  const seam::Lock lock(mutex_);
  if (state_ != State::open) return;
  for (const bank::Reply& push : pushes) resp::encode(push, version_, unsent_);
  send_some();
  loop_sends_ = !unsent_.empty();
}

void Outbox::send_unsent() {
  const seam::Lock lock(mutex_);
  if (state_ != State::shut) send_some();
  if (unsent_.empty()) loop_sends_ = false;
}

bool Outbox::ask_to_execute() {
  const seam::Lock lock(mutex_);
  if (state_ != State::open) return false;
  input_waits_ = busy_ || unsent_.size() > unsent_limit_to_execute;
  return !input_waits_;
}

void Outbox::expect_reply() {
  const seam::Lock lock(mutex_);
  busy_ = true;
}

void Outbox::end() {
  const seam::Lock lock(mutex_);
  if (state_ == State::open) state_ = State::ending;
}

void Outbox::shut() {
  const seam::Lock lock(mutex_);
  state_ = State::shut;
}

Outbox::View Outbox::view() const {
  const seam::Lock lock(mutex_);
  return {state_, busy_, unsent_.size(), unsent_since_, reply_unsent_};
}

resp::Version Outbox::version() const {
  const seam::Lock lock(mutex_);
  return version_;
}

void Outbox::set_version(resp::Version version) {
  const seam::Lock lock(mutex_);
  version_ = version;
}

}  // namespace wire
