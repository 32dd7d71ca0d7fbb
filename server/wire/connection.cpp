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

using std::chrono::steady_clock;

// While a client has more than this untaken, its next request waits.
constexpr std::size_t most_unsent_to_go_on = 256 * 1024;
// With more than this it is dropped; one reply of the largest kind stays well below.
constexpr std::size_t most_unsent = 16 * 1024 * 1024;
// How long a client that has been told all, and has it, may go on sending.
constexpr auto most_lingering = std::chrono::milliseconds(1000);
// Pipelined input that is kept while a request runs.
constexpr std::size_t most_input = 256 * 1024;

}  // namespace

Connection::Connection(Service& service, const Timeouts& timeouts, Socket socket, std::int64_t id,
                       Door door, std::string address)
    : service_(service),
      timeouts_(timeouts),
      id_(id),
      door_(door),
      address_(std::move(address)),
      session_(std::make_shared<bank::Session>()),
      since_(steady_clock::now()),
      socket_(std::move(socket)),
      framer_(door == Door::tcp ? resp::before_auth : resp::Limits{}),
      deadline_timer_(socket_.get_executor()),
      last_heard_(since_) {
  if (door == Door::admin) session_->role = bank::Role::operator_;
  socket_.non_blocking(true);
}

void Connection::start() {
  await_input();
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────

void Connection::await_input() {
  if (reading_ || closed_ || framer_.buffered() > most_input) return;
  reading_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const asio::error_code& error) {
    self->reading_ = false;
    if (self->closed_) return;
    if (error) return self->close_now();
    self->take_input();
  });
}

void Connection::take_input() {
  std::array<char, 16 * 1024> bytes;
  const ssize_t count = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count == 0) return lingering_ ? close_now() : end_of_input();
  if (count < 0 && errno != EAGAIN && errno != EINTR) return close_now();
  if (count > 0 && !lingering_) {
    last_heard_ = steady_clock::now();
    framer_.feed({bytes.data(), static_cast<std::size_t>(count)});
    execute_next();
  }
  await_input();
}

void Connection::end_of_input() {
  // A lost connection: what runs is cancelled if it still can be, what is behind it is dropped. An
  // answer that comes all the same is sent, for a client that has closed only its own side.
  close_after_reply();
  if (lingering_) close_now();
}

bool Connection::may_execute() {
  const std::lock_guard lock(mutex_);
  if (ended_ || dead_) return false;
  if (!busy_ && unsent_.size() <= most_unsent_to_go_on) return true;
  input_waiting_ = true;
  return false;
}

void Connection::execute_next() {
  if (executing_) return;  // a command that is answered at once; the loop below goes on
  struct Executing {
    bool& flag;
    explicit Executing(bool& executing) : flag(executing) { flag = true; }
    ~Executing() { flag = false; }
  } const executing(executing_);
  while (!closed_ && framer_.buffered() > 0 && may_execute()) {
    if (!logged_in_ && session_->role != bank::Role::nobody) {
      logged_in_ = true;
      framer_.set_limits({});
    }
    resp::Frame frame = framer_.next();
    if (std::holds_alternative<resp::NeedMore>(frame)) break;
    if (auto* command = std::get_if<resp::Command>(&frame)) {
      service_.execute(shared_from_this(), std::move(command->args));
    } else if (auto* too_big = std::get_if<resp::TooBig>(&frame)) {
      answer(bank::Reply::error(bank::Code::too_big, too_big->text));
    } else {
      broken(std::get<resp::ProtocolError>(frame).text);
    }
  }
}

void Connection::broken(const std::string& text) {
  answer(bank::Reply::error(bank::Code::err, "Protocol error: " + text));
  close_after_reply();
}

// ── Answering ───────────────────────────────────────────────────────────────────────────────────

void Connection::set_busy() {
  const std::lock_guard lock(mutex_);
  busy_ = true;
}

void Connection::answer(const bank::Reply& reply) {
  set_busy();
  deliver(reply);
  const std::lock_guard lock(mutex_);
  if (!unsent_.empty() && !writing_ && !dead_) await_output();
}

void Connection::answered_by(const std::shared_ptr<bank::Transaction>& txn,
                             std::chrono::milliseconds timeout) {
  set_busy();
  in_flight_ = txn;
  deadline_ = timeout.count() > 0 ? steady_clock::now() + timeout : SteadyTime::max();
  const bool armed = armed_until_ != SteadyTime{};
  if (deadline_ != SteadyTime::max() && (!armed || deadline_ < armed_until_)) {
    arm_deadline(deadline_);
  }
}

bool Connection::deliver(const bank::Reply& reply) noexcept {
  bool told = false;
  bool call_boss = false;
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
    told = !ended_ && !dead_;
    if (!dead_) {
      resp::encode(reply, version_, unsent_);
      write_some();
    }
    told = told && !dead_;
    call_boss =
        std::exchange(input_waiting_, false) || ended_ || dead_ || (!unsent_.empty() && !writing_);
  }
  if (call_boss) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->delivered(); });
  }
  return told;
}

/// The boss's part of an answer that another thread has given.
void Connection::delivered() {
  if (closed_ || lingering_) return;
  bool done = false;
  bool dead = false;
  {
    const std::lock_guard lock(mutex_);
    if (!unsent_.empty() && !writing_ && !dead_) await_output();
    dead = dead_;
    done = ended_ && !busy_ && unsent_.empty();
  }
  if (dead) return close_now();
  if (done) return linger();
  execute_next();
  await_input();
}

// ── Writing (mutex_ is held) ────────────────────────────────────────────────────────────────────

void Connection::write_some() {
  std::size_t sent = 0;
  while (sent < unsent_.size()) {
    const ssize_t count = ::send(socket_.native_handle(), unsent_.data() + sent,
                                 unsent_.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) dead_ = true;
    if (count <= 0) break;
    sent += static_cast<std::size_t>(count);
  }
  if (sent > 0) unsent_since_ = steady_clock::now();
  unsent_.erase(0, sent);
  if (unsent_.size() > most_unsent) dead_ = true;
}

void Connection::await_output() {
  writing_ = true;
  unsent_since_ = steady_clock::now();
  socket_.async_wait(Socket::wait_write,
                     [self = shared_from_this()](const asio::error_code& error) {
                       if (self->closed_) return;
                       {
                         const std::lock_guard lock(self->mutex_);
                         self->writing_ = false;
                         if (error) self->dead_ = true;
                         if (!self->dead_) self->write_some();
                       }
                       self->delivered();
                     });
}

bool Connection::unfinished() const {
  const std::lock_guard lock(mutex_);
  return !dead_ && (busy_ || !unsent_.empty());
}

bool Connection::gone() const {
  const std::lock_guard lock(mutex_);
  return dead_;
}

void Connection::set_version(resp::Version version) {
  const std::lock_guard lock(mutex_);
  version_ = version;
}

resp::Version Connection::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────

void Connection::cancel_in_flight() {
  bool busy = false;
  {
    const std::lock_guard lock(mutex_);
    busy = busy_;
  }
  const auto txn = in_flight();
  if (busy && txn) txn->cancel(bank::order_of(bank::Reason::disconnect), [](cancel::Verdict) {});
}

void Connection::close_after_reply() {
  bool done = false;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    done = dead_ || (!busy_ && unsent_.empty());
  }
  if (done) return linger();
  cancel_in_flight();
}

/// Closing with input unread would make the system drop what the client has not yet received.
void Connection::linger() {
  bool dead = false;
  {
    const std::lock_guard lock(mutex_);
    dead = std::exchange(dead_, true);
  }
  if (dead) return close_now();
  lingering_ = true;
  lingers_since_ = steady_clock::now();
  asio::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  await_input();
}

/// Drops what has come in. With nothing unread, a close makes the system drop nothing either.
bool Connection::all_taken() {
  std::array<char, 16 * 1024> bytes;
  constexpr int most_reads = 64;
  for (int i = 0; i < most_reads; ++i) {
    if (::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT) <= 0) break;
  }
  if (door_ == Door::admin) return true;  // what is sent there lies at the client's end at once
  int on_its_way = 0;
  return ::ioctl(socket_.native_handle(), SIOCOUTQ, &on_its_way) != 0 || on_its_way == 0;
}

bool Connection::finish() {
  if (!lingering_ && !closed_) close_after_reply();
  return closed_ || all_taken();
}

void Connection::close_now() {
  if (std::exchange(closed_, true)) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    dead_ = true;
  }
  asio::error_code ignored;
  socket_.cancel(ignored);
  socket_.shutdown(Socket::shutdown_both, ignored);
  deadline_timer_.cancel();
  cancel_in_flight();
  service_.closed(*this);
}

void Connection::sweep(SteadyTime now) {
  const auto over = [now](SteadyTime since, std::chrono::milliseconds most) {
    return most.count() > 0 && now - since > most;
  };
  if (closed_) return;
  if (lingering_) {
    const bool long_enough = over(lingers_since_, most_lingering) && all_taken();
    if (long_enough || over(lingers_since_, timeouts_.write)) close_now();
    return;
  }
  bool stuck = false;
  bool busy = false;
  bool ended = false;
  {
    const std::lock_guard lock(mutex_);
    stuck = dead_ || (!unsent_.empty() && over(unsent_since_, timeouts_.write));
    busy = busy_;
    ended = ended_;
  }
  if (busy) last_heard_ = now;  // who waits for an answer is not idle
  if (door_ == Door::tcp && !busy) {
    const bool nobody = session_->role == bank::Role::nobody;
    stuck = stuck || (nobody && over(since_, timeouts_.auth));
    stuck = stuck || over(last_heard_, timeouts_.idle);
  }
  // Nobody reads from a client that has sent ahead too much, so its going has to be looked for. One
  // that has ended only its own side is still owed what it asked for.
  pollfd gone{socket_.native_handle(), static_cast<short>(ended ? 0 : POLLRDHUP), 0};
  const bool looked = !reading_ && ::poll(&gone, 1, 0) > 0;
  if (stuck || (looked && gone.revents != POLLRDHUP)) return close_now();
  if (looked) end_of_input();
}

// ── The deadline ────────────────────────────────────────────────────────────────────────────────

// One timer for the connection, not one for each request: it is set again only when it goes off, or
// when a request has less time than it.
void Connection::arm_deadline(SteadyTime when) {
  armed_until_ = when;
  deadline_timer_.expires_at(when);
  deadline_timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error && !self->closed_) self->at_deadline();
  });
}

void Connection::at_deadline() {
  armed_until_ = {};
  const auto txn = in_flight();
  if (!txn || deadline_ == SteadyTime::max()) return;
  if (steady_clock::now() < deadline_) return arm_deadline(deadline_);
  txn->cancel(bank::order_of(bank::Reason::deadline), [](cancel::Verdict) {});
}

}  // namespace wire
