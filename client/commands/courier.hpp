#pragma once

/// Carries one request to its end in spite of lost connections, busy and restarting servers, and
/// Ctrl-C. Here the client keeps its promise: a write is done once or not at all, and the user
/// learns which.
///
///     send ──► reply ──► final? ──► the end
///      ▲         │ lost, BUSY, SHUTDOWN, INPROGRESS, UNKNOWN
///      └─ wait ◄─┘         (at the deadline: unknown; if nothing was under way, not done or
///                           cannot connect)
///
///     Ctrl-C ──► CANCEL on a second connection ──► the reply on the first one is the end;
///                if that is lost: CANCEL until there is a verdict, then STATUS if it was too late.
///                If STATUS returns `committed`, the request is sent again, for its first reply.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/commands/request.hpp"
#include "client/commands/retry.hpp"
#include "client/wire/session.hpp"

namespace client {

/// Connects and logs in once, within the time. Returns nothing if that succeeded, otherwise how it
/// ended.
std::optional<Ending> failure_to_open(Session& session, Until until);

/// Returns the longest wait that `--retry-for` allows: that time. 0 means one attempt, which may
/// take five seconds.
std::chrono::milliseconds longest_wait(std::chrono::milliseconds retry_for);

/// Kinds of lines for the user while the request is under way.
enum class News { waiting, cancelling };

class Courier {
 public:
  using Announce = std::function<void(News, const std::string& line)>;
  /// Reads the clock that `retry_for` counts by.
  using Now = std::function<Clock::time_point()>;

  /// `retry_for` bounds the time until the first failure, and separately the time from there to the
  /// last attempt. carry() calls `announce`: with `waiting` once, after a second; with `cancelling`
  /// for a verdict or a failed CANCEL. Session and interrupt must outlive the courier.
  Courier(Session& session, Interrupt& interrupt, std::chrono::milliseconds retry_for,
          Announce announce, Now now = &Clock::now);

  /// Returns how the request ended. Called once. Blocks until then. Throws only failures of the
  /// machine, such as a lack of descriptors.
  Ending carry(const Request& request);

 private:
  std::optional<Ending> try_once();
  std::optional<Ending> judge(Reply reply);
  std::optional<Ending> login_refused(Reply reply);
  std::optional<Ending> retry_or_give_up(const std::string& why, std::optional<Reply> refusal = {});
  Ending give_up() const;
  void pause();

  Ending end_after_interrupt();
  Ending cancel();
  std::optional<Reply> ask_to_cancel();
  std::optional<Ending> ending_by_first_reply();

  Ending resolve_by_status(const Ending& otherwise);
  std::optional<Ending> resolved(const Reply& status, const Ending& otherwise);
  std::optional<Reply> try_call(const std::vector<std::string>& command, Form form);

  Ending unknown_ending(std::string why) const;
  Ending cancelled_ending() const;
  void start_deadline();
  Until attempt_limit() const;
  bool expired() const { return now_() >= *deadline_; }
  std::string limit_in_words() const;
  bool verdict_is_cancelled() const;

  Session& session_;
  Interrupt& interrupt_;
  const std::chrono::milliseconds retry_for_;
  const Announce announce_;
  const Now now_;

  Request request_;
  bool sent_ = false;          // an attempt may have reached the server, and no reply has come
  bool may_have_run_ = false;  // an earlier attempt may be under way or done
  bool has_failed_ = false;    // an attempt has failed; `retry_for` counts from the first one
  Until deadline_;             // of the attempts; set by carry() and cancel()
  Backoff backoff_;
  std::string last_failure_;
  std::optional<Reply> last_refusal_;  // if the last failure was one
  std::optional<Reply> verdict_;
};

}  // namespace client
