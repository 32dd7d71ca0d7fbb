#pragma once

/// One client: its bytes in and out, its session, and the one request it has in flight.
///
/// Its phases, each of which it enters at most once:
///
/// | from      | to        | by                  | when                                          |
/// |-----------|-----------|---------------------|-----------------------------------------------|
/// | open      | ending    | close_after_reply() | QUIT, broken framing, end of input, too much  |
/// |           |           |                     | input behind a request that can be cancelled, |
/// |           |           |                     | the server's exit, a connection too many      |
/// | ending    | lingering | linger()            | the last reply is sent whole                  |
/// | lingering | closed    | take_input()        | the client has closed, too                    |
/// | lingering | closed    | sweep()             | the client keeps its end open                 |
/// | any       | closed    | close_now()         | socket error, time-out, CLIENT KILL, the exit |
///
/// - open: reads and executes.
/// - ending: executes nothing more. The request in flight is cancelled if it still can be, and its
///   reply is sent.
/// - lingering: the sending side is shut, and input is read and dropped. If the system closed the
///   socket with input unread, it would discard replies that the client has not yet received.
/// - closed: the socket is shut down. Its descriptor is closed with the last reference to the
///   connection, never earlier, so that no late reply can reach another client's descriptor.
///
/// The event loop's thread owns everything but the Outbox, through which any thread may reply.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <asio/generic/stream_protocol.hpp>

#include "server/bank/transaction.hpp"
#include "server/wire/deadline.hpp"
#include "server/wire/outbox.hpp"
#include "server/wire/resp/framer.hpp"
#include "server/wire/service.hpp"

namespace wire {

using Socket = asio::generic::stream_protocol::socket;

/// How long a client may take. Zero: no limit.
struct Timeouts {
  std::chrono::milliseconds auth{0};   // to log in, over TCP
  std::chrono::milliseconds idle{0};   // between two commands, over TCP
  std::chrono::milliseconds write{0};  // to read a reply, while the socket takes no more
};

/// The commands' own state of one client. The wire only keeps it.
struct CommandState {
  std::string name;               // set by the client; printable, without blanks
  std::string last_command;       // a word of the server's own, for CLIENT LIST
  bool in_refused_multi = false;  // nothing runs until EXEC or DISCARD
  bool database_refused = false;  // nothing reaches the bank until SELECT 0
};

/// Has pushes for one client. The event loop's thread.
class PushSource {
 public:
  virtual ~PushSource() = default;
  /// Takes the next few; none if it has nothing at the moment.
  virtual std::vector<bank::Reply> take() = 0;
};

class Connection final : public bank::ReplySink, public std::enable_shared_from_this<Connection> {
 public:
  enum class Door : std::uint8_t { tcp, admin };

  /// `id` is unique in this run of the server. The service outlives the connection.
  Connection(Service& service, const Timeouts& timeouts, Socket socket, std::int64_t id, Door door,
             std::string address);

  // ── The event loop's thread ─────────────────────────────────────────────────────────────────

  /// Begins to read. Once.
  void start() { await_input(); }
  /// Answers the command that is being executed.
  void answer(const bank::Reply& reply);
  /// Announces that deliver() will answer the command that is being executed.
  void answered_later() { outbox_.expect_reply(); }
  /// Announces that the transaction will answer it. Cancels the transaction if the client is lost,
  /// or after `timeout` (zero: no limit).
  void answered_by(const std::shared_ptr<bank::Transaction>& transaction,
                   std::chrono::milliseconds timeout);
  /// From now on sends what the source has, beside the replies and no faster than the client reads.
  /// Null ends that, and so does the end of the phase `open`.
  void stream(std::unique_ptr<PushSource> source) { stream_ = std::move(source); }
  bool streams() const { return stream_ != nullptr; }
  /// Sends as much as the socket takes. Call it whenever the source has something again.
  void send_pushes();
  /// Executes nothing more, cancels what is in flight, and closes once its reply is sent.
  /// `why` is the reason that the reply of a cancelled transaction gives.
  void close_after_reply(const char* why = "");
  /// Cancels what is in flight and closes.
  void close_now();
  /// For a server that is about to exit. Closes after the reply; returns true once the client's
  /// system has acknowledged every byte, so that the exit can lose none. Call it until then.
  bool close_for_exit();
  /// Closes the connection if its client exceeds a time-out or is lost. Call it a few times a
  /// second.
  void sweep(seam::Time now);

  std::int64_t id() const { return id_; }
  Door door() const { return door_; }
  const std::string& address() const { return address_; }
  const std::shared_ptr<bank::Session>& session() const { return session_; }
  CommandState& command_state() { return command_state_; }
  seam::Time since() const { return since_; }
  seam::Time last_heard() const { return last_heard_; }
  /// The transaction executed last, even if it has ended; null once it is freed.
  std::shared_ptr<bank::Transaction> in_flight() const { return in_flight_.lock(); }

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  /// Answers the request in flight. Never blocks. Returns Outbox::Delivered::reached.
  bool deliver(const bank::Reply& reply) noexcept override;
  /// False once the outbox is shut. True does not mean that the client still listens.
  bool is_reachable() const { return outbox_.view().state != Outbox::State::shut; }
  /// True while a reply is to come, or is not yet sent whole. A push is not owed.
  bool owes_reply() const;
  resp::Version version() const { return outbox_.version(); }
  void set_version(resp::Version version) { outbox_.set_version(version); }

 private:
  enum class Phase : std::uint8_t { open, ending, lingering, closed };

  void await_input();
  void take_input();
  void end_of_input();
  void execute_next();
  bool send_some_pushes();
  void await_output();
  void delivered();
  void cancel_in_flight(const char* why = "");
  void linger();
  bool all_acknowledged();
  bool exceeds_timeout(const Outbox::View& out, seam::Time now) const;
  bool is_too_far_ahead(seam::Time now) const;
  void look_for_departure();

  // Set once.
  Service& service_;
  const Timeouts timeouts_;
  const std::int64_t id_;
  const Door door_;
  const std::string address_;
  const std::shared_ptr<bank::Session> session_;
  const seam::Time since_;

  // The event loop's thread only.
  Socket socket_;
  Phase phase_ = Phase::open;
  resp::Framer framer_;
  CommandState command_state_;
  std::unique_ptr<PushSource> stream_;
  std::weak_ptr<bank::Transaction> in_flight_;
  seam::Time in_flight_since_;
  const std::shared_ptr<Deadline> deadline_;
  seam::Time last_heard_;
  seam::Time lingers_since_;
  bool awaits_input_ = false;   // take_input() will be called
  bool awaits_output_ = false;  // the socket is full; delivered() will be called

  // Any thread.
  Outbox outbox_;
};

}  // namespace wire
