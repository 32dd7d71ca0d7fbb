#pragma once

/// Carries one request to its end: through lost connections, busy and restarting servers, and
/// Ctrl-C. This is where the client keeps its promise that a write is done once or not at all, and
/// that the user is told which.
///
///     send ──► reply ──► final? ──► the end
///      ▲         │ lost, BUSY, SHUTDOWN, INPROGRESS, UNKNOWN
///      └─ wait ◄─┘         (until the deadline: unknown, or not done if nothing was under way)
///
///     Ctrl-C ──► CANCEL on a second connection ──► the reply on the first one is the end;
///                if that is lost: CANCEL until there is a verdict, and STATUS if it was too late.
///                Once a cancel was asked for, the request is sent again only if it is known to
///                have committed, to fetch its first reply.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/commands/request.hpp"
#include "client/commands/retry.hpp"
#include "client/wire/session.hpp"

namespace client {

/// Connects and logs in. Returns nothing if that succeeded, otherwise how it ended.
std::optional<Ending> failure_to_open(Session& session);

/// What the user is told while the request is still under way.
enum class News { retrying, cancelling };

class Courier {
 public:
  using Tell = std::function<void(News, const std::string& line)>;

  /// `retry_for` runs from the first thing that goes wrong. `tell` is called during carry() only.
  /// Session and interrupt must outlive it.
  Courier(Session& session, Interrupt& interrupt, std::chrono::milliseconds retry_for, Tell tell);

  /// Blocks until the end; once for each courier. Throws only what failures of the machine throw
  /// (out of memory, out of descriptors).
  Ending carry(const Request& request);

 private:
  std::optional<Ending> try_once();
  std::optional<Ending> judge(Reply reply);
  std::optional<Ending> login_refused(Reply reply);
  std::optional<Ending> trouble(const std::string& why, std::optional<Reply> refusal);
  Ending give_up() const;
  void pause();

  Ending interrupted();
  Ending cancel();
  std::optional<Reply> ask_to_cancel();
  std::optional<Ending> first_reply();
  Ending after_verdict();

  Ending settle(const Ending& otherwise);
  std::optional<Ending> settled(const Reply& status, const Ending& otherwise);
  std::optional<Reply> try_call(const std::vector<std::string>& command);

  Ending unknown(std::string why) const;
  Ending cancelled() const;
  Until reply_limit() const;
  void start_deadline();
  bool expired() const { return deadline_ && Clock::now() >= *deadline_; }
  bool is_cancelled() const;

  Session& session_;
  Interrupt& interrupt_;
  const std::chrono::milliseconds retry_for_;
  const Tell tell_;

  Request request_;
  bool sent_ = false;   // an attempt is on the session's connection, unanswered
  bool doubt_ = false;  // an earlier attempt, or a namesake, may be under way or done
  Until deadline_;      // of retrying; set by the first trouble
  Backoff backoff_;
  std::string last_trouble_;
  std::optional<Reply> last_refusal_;  // if the last trouble was one
  std::optional<Reply> verdict_;
};

}  // namespace client
