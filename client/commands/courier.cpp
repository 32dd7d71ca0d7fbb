#include "client/commands/courier.hpp"

#include <algorithm>
#include <utility>

namespace client {

namespace {

constexpr auto patience = std::chrono::seconds(1);

// Has the waits of this scope announce themselves once.
class Notice {
 public:
  Notice(Interrupt& interrupt, std::function<void()> notice) : interrupt_(interrupt) {
    interrupt_.set_notice(Clock::now() + patience, std::move(notice));
  }
  ~Notice() { interrupt_.set_notice(std::nullopt); }
  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;

 private:
  Interrupt& interrupt_;
};

}  // namespace

std::chrono::milliseconds longest_wait(std::chrono::milliseconds retry_for) {
  return retry_for.count() == 0 ? std::chrono::seconds(5) : retry_for;
}

std::optional<Ending> failure_to_open(Session& session, Until until) {
  try {
    session.open(until);
    return std::nullopt;
  } catch (LoginRefused& refusal) {
    return Ending{Ending::Kind::reply, std::move(refusal.reply), {}, {}};
  } catch (const NoReply& failure) {
    return Ending{Ending::Kind::cannot_connect, {}, failure.what(), {}};
  } catch (const Interrupted&) {
    return Ending{Ending::Kind::interrupted, {}, {}, {}};
  }
}

Courier::Courier(Session& session, Interrupt& interrupt, std::chrono::milliseconds retry_for,
                 Announce announce, Now now)
    : session_(session),
      interrupt_(interrupt),
      retry_for_(retry_for),
      announce_(std::move(announce)),
      now_(std::move(now)) {}

Ending Courier::carry(const Request& request) {
  request_ = request;
  deadline_ =
      now_() + longest_wait(retry_for_) + request.timeout.value_or(std::chrono::milliseconds(0));
  const Notice notice(interrupt_, [this] {
    announce_(News::waiting,
              "still waiting" + (last_failure_.empty() ? " for the server" : ": " + last_failure_));
  });
  for (;;) {
    try {
      if (auto ending = try_once()) return std::move(*ending);
      pause();
      if (expired()) return give_up();
    } catch (const Interrupted&) {
      return end_after_interrupt();
    }
  }
}

// Returns nothing if it is worth another attempt.
std::optional<Ending> Courier::try_once() {
  try {
    const Until until = attempt_limit();
    session_.open(until);
    // Set before the first byte is sent: the server may need no more than a part of the command.
    sent_ = true;
    session_.send(request_.command, until);
    Reply reply = session_.receive(until, request_.form);
    sent_ = false;
    return judge(std::move(reply));
  } catch (LoginRefused& refusal) {
    return login_refused(std::move(refusal.reply));
  } catch (const CannotConnect& failure) {
    if (failure.is_lasting() && !may_have_run_) {
      return Ending{Ending::Kind::cannot_connect, {}, failure.what(), {}};
    }
    return retry_or_give_up(failure.what());
  } catch (const ConnectionLost& failure) {
    session_.close();
    if (sent_ && request_.nature != Nature::read) may_have_run_ = true;
    sent_ = false;
    if (may_have_run_ && request_.nature == Nature::once) {
      return unknown_ending(failure.what() + (expired() ? limit_in_words() : ""));
    }
    return retry_or_give_up(failure.what());
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
  return retry_or_give_up(reply.text, reply);
}

std::optional<Ending> Courier::login_refused(Reply reply) {
  if (next_step(reply) != Next::finished) return retry_or_give_up(reply.text, reply);
  if (!may_have_run_) return Ending{Ending::Kind::reply, std::move(reply), {}, {}};
  Ending ending = unknown_ending(reply.text);
  ending.reply = std::move(reply);
  return ending;
}

std::optional<Ending> Courier::retry_or_give_up(const std::string& why,
                                                std::optional<Reply> refusal) {
  last_failure_ = why;
  last_refusal_ = std::move(refusal);
  if (!std::exchange(has_failed_, true) && !expired()) deadline_ = now_() + retry_for_;
  if (expired()) return give_up();
  return std::nullopt;
}

Ending Courier::give_up() const {
  const std::string why = last_failure_ + limit_in_words();
  if (may_have_run_) return unknown_ending(why);
  if (last_refusal_) return {Ending::Kind::not_done, *last_refusal_, why, verdict_};
  return {Ending::Kind::cannot_connect, {}, why, verdict_};
}

void Courier::pause() {
  wait_for(-1, 0, earlier(Clock::now() + backoff_.next(), deadline_), &interrupt_);
}

Ending Courier::unknown_ending(std::string why) const {
  return {Ending::Kind::unknown, {}, std::move(why), verdict_};
}

Ending Courier::cancelled_ending() const {
  const std::string text = "CANCELLED key " + request_.key + " was cancelled";
  return {Ending::Kind::reply, {Reply::Kind::error, text, 0, {}}, {}, verdict_};
}

void Courier::start_deadline() {
  deadline_ = now_() + longest_wait(retry_for_);
}

// An attempt just before the deadline still has time for its reply.
Until Courier::attempt_limit() const {
  const auto least = std::min<std::chrono::milliseconds>(longest_wait(retry_for_), patience);
  return std::max(*deadline_, now_() + least);
}

std::string Courier::limit_in_words() const {
  if (retry_for_.count() == 0) return "";
  return "; gave up after " + std::to_string(retry_for_.count() / 1000) + " s (--retry-for)";
}

}  // namespace client
