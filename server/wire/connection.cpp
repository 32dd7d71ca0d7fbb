#include "server/wire/connection.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <asio/post.hpp>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace wire {
namespace {

// Pipelined input that is read while a request runs; the rest stays with the system. If that rest
// fills the system's buffers, the end of input lies behind it and cannot be seen.
constexpr std::size_t input_limit = 384 * 1024;
// A client that has sent more is treated as lost if its request can still be cancelled after this
// time. A pipeline whose requests end in time is never dropped.
constexpr auto ahead_limit = std::chrono::seconds(3);
constexpr const char* too_far_ahead =
    "more than 384 KiB were sent behind it; read its reply before you send so much";
// How long a client that has received everything may keep its end open.
constexpr auto linger_limit = std::chrono::milliseconds(1000);

bool is_over(seam::Time now, seam::Time since, std::chrono::milliseconds limit) {
  return limit.count() > 0 && now - since > limit;
}

}  // namespace

Connection::Connection(Service& service, const Timeouts& timeouts, Socket socket, std::int64_t id,
                       Door door, std::string address)
    : service_(service),
      timeouts_(timeouts),
      id_(id),
      door_(door),
      address_(std::move(address)),
      session_(std::make_shared<bank::Session>()),
      since_(seam::now()),
      socket_(std::move(socket)),
      framer_(door == Door::tcp ? resp::before_auth : resp::Limits{}),
      deadline_(std::make_shared<Deadline>(socket_.get_executor())),
      last_heard_(since_),
      outbox_(socket_.native_handle()) {
  if (door == Door::admin) session_->role = bank::Role::operator_;
  socket_.non_blocking(true);
}

// ── Requests in ─────────────────────────────────────────────────────────────────────────────────

void Connection::await_input() {
  if (awaits_input_ || phase_ == Phase::closed || framer_.buffered() > input_limit) return;
  awaits_input_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const asio::error_code& error) {
    self->awaits_input_ = false;
    if (self->phase_ == Phase::closed) return;
    if (error) return self->close_now();
    self->take_input();
  });
}

void Connection::take_input() {
  std::array<char, 16 * 1024> bytes;
  const ssize_t count = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count == 0) return phase_ == Phase::lingering ? close_now() : end_of_input();
  if (count < 0 && errno != EAGAIN && errno != EINTR) return close_now();
  if (count > 0 && phase_ == Phase::open) {
    last_heard_ = seam::now();
    framer_.feed({bytes.data(), static_cast<std::size_t>(count)});
    execute_next();
  }
  await_input();
}

/// The client may have closed its sending side only, so the reply in flight is still sent.
void Connection::end_of_input() {
  close_after_reply();
  if (phase_ == Phase::lingering) close_now();
}

void Connection::execute_next() {
  while (phase_ == Phase::open && framer_.buffered() > 0 && outbox_.ask_to_execute()) {
    if (session_->role != bank::Role::nobody) framer_.set_limits({});
    resp::Frame frame = framer_.next();
    if (std::holds_alternative<resp::NeedMore>(frame)) return;
    if (auto* command = std::get_if<resp::Command>(&frame)) {
      service_.execute(shared_from_this(), std::move(command->args));
    } else if (auto* too_big = std::get_if<resp::TooBig>(&frame)) {
      answer(bank::Reply::error(bank::Code::too_big, too_big->text));
    } else {
      const std::string& fault = std::get<resp::ProtocolError>(frame).text;
      answer(bank::Reply::error(bank::Code::err, "Protocol error: " + fault));
      close_after_reply();
    }
  }
}

// ── Replies out ─────────────────────────────────────────────────────────────────────────────────

void Connection::answer(const bank::Reply& reply) {
  outbox_.expect_reply();
  deliver(reply);
}

void Connection::answered_by(const std::shared_ptr<bank::Transaction>& transaction,
                             std::chrono::milliseconds timeout) {
  outbox_.expect_reply();
  in_flight_ = transaction;
  in_flight_since_ = seam::now();
  deadline_->set(transaction, timeout);
}

bool Connection::deliver(const bank::Reply& reply) noexcept {
  if (const auto* error = reply.as_error()) service_.answered_with_error(*this, *error);
  const Outbox::Delivered done = outbox_.deliver(reply);
  if (done.needs_loop) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->delivered(); });
  }
  return done.reached;
}

/// Continues once a thread has delivered a reply, or the socket has taken bytes.
void Connection::delivered() {
  if (phase_ == Phase::lingering || phase_ == Phase::closed) return;
  const Outbox::View out = outbox_.view();
  if (out.state == Outbox::State::shut) return close_now();
  if (out.unsent > 0) await_output();
  if (phase_ == Phase::ending && !owes_reply()) return linger();
  execute_next();
  send_pushes();
  await_input();
}

/// One batch at a time, so that the loop serves others in between.
void Connection::send_pushes() {
  if (!send_some_pushes()) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->delivered(); });
}

bool Connection::send_some_pushes() {
  if (stream_ == nullptr || outbox_.view().unsent > 0) return false;
  const std::vector<bank::Reply> pushes = stream_->take();
  if (!pushes.empty()) outbox_.push(pushes);
  return !pushes.empty();
}

void Connection::await_output() {
  if (std::exchange(awaits_output_, true)) return;
  socket_.async_wait(Socket::wait_write,
                     [self = shared_from_this()](const asio::error_code& error) {
                       self->awaits_output_ = false;
                       if (self->phase_ == Phase::closed) return;
                       if (error) return self->close_now();
                       self->outbox_.send_unsent();
                       self->delivered();
                     });
}

bool Connection::owes_reply() const {
  const Outbox::View out = outbox_.view();
  return out.state != Outbox::State::shut && (out.busy || out.reply_unsent);
}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────

void Connection::cancel_in_flight(const char* why) {
  const auto transaction = in_flight();
  if (!transaction || !outbox_.view().busy) return;
  transaction->cancel(bank::order_of(bank::Reason::disconnect, why), [](cancel::Verdict) {});
}

void Connection::close_after_reply(const char* why) {
  if (phase_ != Phase::open) return;
  phase_ = Phase::ending;
  stream_.reset();
  outbox_.end();
  if (!owes_reply()) return linger();
  cancel_in_flight(why);
}

void Connection::linger() {
  if (!is_reachable()) return close_now();
  phase_ = Phase::lingering;
  lingers_since_ = seam::now();
  outbox_.shut();
  asio::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  await_input();
}

/// Whether the client's system has acknowledged all bytes. Drops the input: if none is left unread,
/// a close discards nothing that was sent.
bool Connection::all_acknowledged() {
  std::array<char, 16 * 1024> bytes;
  constexpr int read_limit = 64;
  for (int i = 0; i < read_limit; ++i) {
    if (::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT) <= 0) break;
  }
  if (door_ == Door::admin) return true;  // bytes sent to a Unix socket are at its other end
  int unacknowledged = 0;
  return ::ioctl(socket_.native_handle(), SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0;
}

bool Connection::close_for_exit() {
  while (send_some_pushes()) {
  }
  close_after_reply();
  return phase_ == Phase::closed || all_acknowledged();
}

void Connection::close_now() {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) return;
  stream_.reset();
  outbox_.shut();
  asio::error_code ignored;
  socket_.cancel(ignored);
  socket_.shutdown(Socket::shutdown_both, ignored);
  deadline_->stop();
  cancel_in_flight();
  service_.closed(*this);
}

// ── Time-outs ───────────────────────────────────────────────────────────────────────────────────

void Connection::sweep(seam::Time now) {
  if (phase_ == Phase::closed) return;
  if (phase_ == Phase::lingering) {
    const bool done = now - lingers_since_ > linger_limit && all_acknowledged();
    if (done || is_over(now, lingers_since_, timeouts_.write)) close_now();
    return;
  }
  const Outbox::View out = outbox_.view();
  if (out.busy) last_heard_ = now;  // a client that awaits a reply is not idle
  if (out.state == Outbox::State::shut || exceeds_timeout(out, now)) return close_now();
  if (awaits_input_) return;
  if (out.busy && is_too_far_ahead(now)) return close_after_reply(too_far_ahead);
  look_for_departure();
}

bool Connection::exceeds_timeout(const Outbox::View& out, seam::Time now) const {
  if (out.reply_unsent && is_over(now, out.unsent_since, timeouts_.write)) return true;
  if (door_ == Door::admin || out.busy) return false;
  const bool guest = session_->role == bank::Role::nobody;
  return (guest && is_over(now, since_, timeouts_.auth)) ||
         is_over(now, last_heard_, timeouts_.idle);
}

/// Whether the client, from which nothing more is read, may have left while its request can still
/// be cancelled. The end of its input may lie behind bytes that its system cannot send.
bool Connection::is_too_far_ahead(seam::Time now) const {
  const auto transaction = in_flight();
  return transaction && phase_ == Phase::open && now - in_flight_since_ > ahead_limit &&
         transaction->stage() <= cancel::Stage::running;
}

/// A client that has sent too much ahead is not read from, so its departure shows only here. A
/// client that has closed its sending side only is still owed the reply in flight.
void Connection::look_for_departure() {
  const bool ending = phase_ == Phase::ending;
  pollfd client{socket_.native_handle(), static_cast<short>(ending ? 0 : POLLRDHUP), 0};
  if (::poll(&client, 1, 0) <= 0) return;
  if (client.revents != POLLRDHUP) return close_now();  // gone, or broken
  end_of_input();
}

}  // namespace wire
