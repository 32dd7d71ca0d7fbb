#include "client/commands/courier.hpp"

namespace client {

std::optional<Ending> failure_to_open(Session& session) {
  try {
    session.open();
    return std::nullopt;
  } catch (LoginRefused& refusal) {
    return Ending{Ending::Kind::reply, std::move(refusal.reply), {}, {}};
  } catch (const CannotConnect& failure) {
    return Ending{Ending::Kind::cannot_connect, {}, failure.what(), {}};
  } catch (const ConnectionLost& failure) {
    return Ending{Ending::Kind::cannot_connect, {}, failure.what(), {}};
  } catch (const Interrupted&) {
    return Ending{Ending::Kind::interrupted, {}, {}, {}};
  }
}

Courier::Courier(Session& session, Interrupt& interrupt, std::chrono::milliseconds retry_for,
                 Announce announce)
    : session_(session),
      interrupt_(interrupt),
      retry_for_(retry_for),
      announce_(std::move(announce)) {}

Ending Courier::carry(const Request& request) {
  request_ = request;
  for (;;) {
    try {
      if (auto ending = try_once()) return std::move(*ending);
      pause();
    } catch (const Interrupted&) {
      return interrupted();
    }
  }
}

// Returns nothing if it is worth another attempt.
std::optional<Ending> Courier::try_once() {
  try {
    session_.open(deadline_);
    // Set before the first byte is sent: the server may need no more than a part of the command.
    sent_ = true;
    session_.send(request_.command);
    Reply reply = session_.receive(reply_limit());
    sent_ = false;
    return judge(std::move(reply));
  } catch (LoginRefused& refusal) {
    return login_refused(std::move(refusal.reply));
  } catch (const CannotConnect& failure) {
    if (!session_.was_open()) return Ending{Ending::Kind::cannot_connect, {}, failure.what(), {}};
    return retry_or_give_up(failure.what(), std::nullopt);
  } catch (const ConnectionLost& failure) {
    session_.close();
    if (sent_ && request_.nature != Nature::read) may_have_run_ = true;
    sent_ = false;
    if (may_have_run_ && request_.nature == Nature::once) return unknown(failure.what());
    return retry_or_give_up(failure.what(), std::nullopt);
  }
}

std::optional<Ending> Courier::judge(Reply reply) {
  const Next next = next_step(reply);
  if (next == Next::finished && may_have_run_ && !settles_earlier_attempts(reply)) {
    return resolve_by_status(Ending{Ending::Kind::reply, std::move(reply), {}, {}});
  }
  if (next == Next::finished || request_.nature == Nature::once) {
    return Ending{Ending::Kind::reply, std::move(reply), {}, {}};
  }
  if (is_unresolved(reply) && request_.nature != Nature::read) may_have_run_ = true;
  if (next == Next::again_anew) session_.close();
  const std::string why = reply.text;
  return retry_or_give_up(why, std::move(reply));
}

std::optional<Ending> Courier::login_refused(Reply reply) {
  if (next_step(reply) != Next::finished) {
    const std::string why = reply.text;
    return retry_or_give_up(why, std::move(reply));
  }
  if (!may_have_run_) return Ending{Ending::Kind::reply, std::move(reply), {}, {}};
  Ending ending = unknown(reply.text);
  ending.reply = std::move(reply);
  return ending;
}

std::optional<Ending> Courier::retry_or_give_up(const std::string& why,
                                                std::optional<Reply> refusal) {
  if (!deadline_) announce_(News::retrying, why);
  start_deadline();
  last_failure_ = why;
  last_refusal_ = std::move(refusal);
  if (expired()) return give_up();
  return std::nullopt;
}

Ending Courier::give_up() const {
  if (may_have_run_) return unknown(last_failure_);
  if (last_refusal_) return {Ending::Kind::not_done, *last_refusal_, last_failure_, verdict_};
  return {Ending::Kind::cannot_connect, {}, last_failure_, verdict_};
}

void Courier::pause() {
  wait_for(-1, 0, earlier(Clock::now() + backoff_.next(), deadline_), &interrupt_);
}

Ending Courier::unknown(std::string why) const {
  return {Ending::Kind::unknown, {}, std::move(why), verdict_};
}

Ending Courier::cancelled() const {
  return {Ending::Kind::reply,
          Reply::make_error("CANCELLED key " + request_.key + " was cancelled"),
          {},
          verdict_};
}

// A server that has not replied long after the timeout it was given has failed. Without a timeout,
// the operator may hold a transaction for any time.
Until Courier::reply_limit() const {
  if (!request_.timeout) return std::nullopt;
  return Clock::now() + *request_.timeout + std::max(retry_for_, std::chrono::milliseconds(5000));
}

void Courier::start_deadline() {
  if (!deadline_) deadline_ = Clock::now() + retry_for_;
}

}  // namespace client
