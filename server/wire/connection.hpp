#pragma once

/// One client: its bytes in and out, who it is, and the one request it has in flight.
///
/// Thread safety: everything belongs to the boss's thread, except deliver(), which the thread that
/// has the answer calls. What both touch is guarded by mutex_. One thread writes to the socket at a
/// time, the one that holds mutex_, and never waits for the client: what the socket does not take
/// stays in a bounded buffer and is the boss's to send. The descriptor is closed with the last
/// reference to the connection, never earlier, so no reply can reach another client's descriptor.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include <asio/generic/stream_protocol.hpp>
#include <asio/steady_timer.hpp>

#include "server/bank/transaction.hpp"
#include "server/wire/resp/encode.hpp"
#include "server/wire/resp/framer.hpp"
#include "server/wire/service.hpp"

namespace wire {

using Socket = asio::generic::stream_protocol::socket;
using SteadyTime = std::chrono::steady_clock::time_point;

/// How long a client may take. Zero: no limit.
struct Timeouts {
  std::chrono::milliseconds auth{0};   // to log in, over TCP
  std::chrono::milliseconds idle{0};   // between two commands, over TCP
  std::chrono::milliseconds write{0};  // to take what it is sent
};

class Connection final : public bank::ReplySink, public std::enable_shared_from_this<Connection> {
 public:
  enum class Door : std::uint8_t { tcp, admin };

  /// `id` is unique in this run of the server. The service outlives the connection.
  Connection(Service& service, const Timeouts& timeouts, Socket socket, std::int64_t id, Door door,
             std::string address);

  // ── The boss's thread ───────────────────────────────────────────────────────────────────────

  /// Begins to read. Once.
  void start();
  /// Answers the command that is being executed, at once.
  void answer(const bank::Reply& reply);
  /// The command that is being executed will be answered by deliver().
  void answered_later() { set_busy(); }
  /// The same, and it is a transaction: it is cancelled if the client goes, or its time is up.
  void answered_by(const std::shared_ptr<bank::Transaction>& txn,
                   std::chrono::milliseconds timeout);
  /// Cancels what is in flight, drops what is behind it, and closes once what has been answered is
  /// sent.
  void close_after_reply();
  /// Cancels what is in flight and closes now.
  void close_now();
  /// For a server that is about to end: sends the client away, which is owed nothing. True once its
  /// system has all that it was told, so that nothing of it can be lost.
  bool finish();
  /// Drops a client that is too slow, too silent, or does not say who it is.
  void sweep(SteadyTime now);
  /// True while the client is owed an answer, or has not taken all of one.
  bool unfinished() const;
  bool closed() const { return closed_; }

  std::int64_t id() const { return id_; }
  Door door() const { return door_; }
  const std::string& address() const { return address_; }
  const std::shared_ptr<bank::Session>& session() const { return session_; }
  std::string& name() { return name_; }
  std::string& last_command() { return last_command_; }
  SteadyTime since() const { return since_; }
  SteadyTime last_heard() const { return last_heard_; }
  std::shared_ptr<bank::Transaction> in_flight() const { return in_flight_.lock(); }
  void set_version(resp::Version version);
  resp::Version version() const;

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  /// Nothing can be told to the client any more.
  bool gone() const;
  /// The answer to the request in flight. False if the client has gone.
  bool deliver(const bank::Reply& reply) noexcept override;

 private:
  void await_input();
  void take_input();
  void end_of_input();
  void execute_next();
  bool may_execute();
  void broken(const std::string& text);
  void linger();
  bool all_taken();
  void delivered();
  void set_busy();
  void cancel_in_flight();
  void await_output();
  void write_some();
  void arm_deadline(SteadyTime when);
  void at_deadline();

  Service& service_;
  const Timeouts timeouts_;
  const std::int64_t id_;
  const Door door_;
  const std::string address_;
  const std::shared_ptr<bank::Session> session_;
  const SteadyTime since_;

  // The boss's.
  Socket socket_;
  resp::Framer framer_;
  std::string name_;
  std::string last_command_;
  std::weak_ptr<bank::Transaction> in_flight_;
  asio::steady_timer deadline_timer_;
  SteadyTime deadline_;     // of the request in flight
  SteadyTime armed_until_;  // when the timer goes off; zero: it does not
  SteadyTime last_heard_;
  bool reading_ = false;
  bool closed_ = false;
  bool executing_ = false;
  bool lingering_ = false;  // all has been said; what the client still sends is dropped
  SteadyTime lingers_since_;
  bool logged_in_ = false;

  // Both sides'.
  mutable std::mutex mutex_;
  resp::Version version_ = resp::Version::resp2;
  std::string unsent_;
  SteadyTime unsent_since_;
  bool busy_ = false;           // a request is in flight
  bool input_waiting_ = false;  // there is more to execute once it is answered
  bool ended_ = false;          // the client has gone, or is being sent away
  bool dead_ = false;           // nothing can be written any more
  bool writing_ = false;        // the boss waits until the socket takes more
};

}  // namespace wire
