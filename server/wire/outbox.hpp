#pragma once

/// The replies, and the pushes beside them, on their way to one client: the half of a connection
/// that any thread may use.
///
/// The thread that has a reply writes it to the socket as far as the socket takes it, and never
/// waits for the client. The rest stays in a bounded buffer and is sent by the event loop. One
/// mutex guards all state; under it replies are sent until the socket is full, and no send blocks.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/bank/reply.hpp"
#include "server/seam/seam.hpp"
#include "server/wire/resp/encode.hpp"

namespace wire {

class Outbox {
 public:
  /// Changes in this order only.
  enum class State : std::uint8_t {
    open,
    ending,  // nothing more is executed; a reply is still sent, but may not arrive
    shut     // nothing is written any more
  };
  /// The result of delivering a reply.
  struct Delivered {
    bool reached;     // the reply is sent or kept, and the state is `open`
    bool needs_loop;  // the event loop must call Connection::delivered()
  };
  struct View {
    State state;
    bool busy;           // a request is in flight: exactly one reply is still to come
    std::size_t unsent;  // bytes
    seam::Time unsent_since;
    bool reply_unsent;  // some of those bytes belong to a reply
  };

  /// `socket` is non-blocking and stays open for as long as this lives.
  explicit Outbox(int socket) : socket_(socket) {}

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  /// Sends the one reply that is expected, and keeps what the socket does not take.
  Delivered deliver(const bank::Reply& reply) EXCLUDES(mutex_);
  View view() const EXCLUDES(mutex_);
  resp::Version version() const EXCLUDES(mutex_);
  /// Replies from now on are encoded for that version of RESP.
  void set_version(resp::Version version) EXCLUDES(mutex_);

  // ── The event loop's thread ─────────────────────────────────────────────────────────────────

  /// A request is in flight from now on.
  void expect_reply() EXCLUDES(mutex_);
  /// Returns whether the next request may be executed: none is in flight, and the client reads its
  /// replies. If not, ask again after the next deliver(), which sets needs_loop, or after sending.
  bool ask_to_execute() EXCLUDES(mutex_);
  /// Sends pushes, and keeps what the socket does not take. Call it only after a view with nothing
  /// unsent, so that little is kept for a client that does not read.
  void push(const std::vector<bank::Reply>& pushes) EXCLUDES(mutex_);
  /// Sends what is left. Call it when the socket takes more.
  void send_unsent() EXCLUDES(mutex_);
  /// Enters `ending`, unless it is shut.
  void end() EXCLUDES(mutex_);
  void shut() EXCLUDES(mutex_);

 private:
  void send_some() REQUIRES(mutex_);

  const int socket_;
  mutable seam::Mutex mutex_;
  State state_ GUARDED_BY(mutex_) = State::open;
  resp::Version version_ GUARDED_BY(mutex_) = resp::Version::resp2;
  std::string unsent_ GUARDED_BY(mutex_);
  seam::Time unsent_since_ GUARDED_BY(mutex_);  // the socket has taken no byte since
  bool reply_unsent_ GUARDED_BY(mutex_) = false;
  bool busy_ GUARDED_BY(mutex_) = false;
  bool input_waits_ GUARDED_BY(mutex_) = false;  // ask_to_execute() was false
  bool loop_sends_ GUARDED_BY(mutex_) = false;   // the loop was asked to send what is left
};

}  // namespace wire
