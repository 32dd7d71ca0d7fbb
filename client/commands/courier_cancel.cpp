/// Cancels after Ctrl-C, and resolves the outcome of a write that may have run.

#include "client/commands/courier.hpp"
#include "client/terminal/render.hpp"

namespace client {

namespace {

// The time limit of one CANCEL; it is sent again after that.
constexpr auto cancel_limit = std::chrono::seconds(10);

}  // namespace

Ending Courier::end_after_interrupt() {
  const bool under_way = sent_ || may_have_run_;
  if (!under_way || request_.nature == Nature::read) {
    session_.close();
    return {Ending::Kind::interrupted, {}, "interrupted", {}};
  }
  if (request_.nature != Nature::keyed) {
    session_.close();
    return unknown_ending("interrupted");
  }
  try {
    return cancel();
  } catch (const Interrupted&) {
    session_.close();
    return verdict_is_cancelled() ? cancelled_ending() : unknown_ending("left before its end");
  }
}

Ending Courier::cancel() {
  // Cancelling has a deadline of its own, since the user asked for it just now.
  start_deadline();
  verdict_ = ask_to_cancel();
  if (sent_) {
    if (!verdict_) {
      announce_(News::cancelling, "could not ask the server to cancel: " + last_failure_ +
                                      "; waiting for the transaction's own end (Ctrl-C leaves)");
    }
    if (auto ending = ending_by_first_reply()) return std::move(*ending);
  }
  while (!verdict_) {
    if (expired()) return give_up();
    pause();
    verdict_ = ask_to_cancel();
  }
  if (verdict_is_cancelled()) return cancelled_ending();
  return resolve_by_status(
      {Ending::Kind::not_done, {}, "it was refused; nothing was changed", verdict_});
}

// Sends one CANCEL on a second connection: on the first one it would wait for the transaction.
// Returns nothing if there is no verdict at the moment.
std::optional<Reply> Courier::ask_to_cancel() {
  Session second = session_.sibling();
  try {
    Reply reply = second.call({"CANCEL", std::to_string(request_.account), request_.key},
                              earlier(Clock::now() + cancel_limit, deadline_), Form::verdict);
    if (next_step(reply) == Next::finished) {
      announce_(News::cancelling, verdict_in_words(reply));
      return reply;
    }
    last_failure_ = reply.text;
  } catch (const NoReply& failure) {
    last_failure_ = failure.what();
  }
  return std::nullopt;
}

// Waits for the reply to the attempt that Ctrl-C interrupted. Returns nothing if it is lost, or
// says only that this attempt did not run.
std::optional<Ending> Courier::ending_by_first_reply() {
  try {
    Reply reply = session_.receive(deadline_, request_.form);
    sent_ = false;
    if (next_step(reply) == Next::finished && (!may_have_run_ || settles_earlier_attempts(reply))) {
      return Ending{Ending::Kind::reply, std::move(reply), {}, verdict_};
    }
    may_have_run_ = may_have_run_ || is_unresolved(reply);
    last_failure_ = reply.text;
    last_refusal_ = std::move(reply);
  } catch (const ConnectionLost& failure) {
    sent_ = false;
    may_have_run_ = true;
    last_failure_ = failure.what();
  }
  session_.close();
  return std::nullopt;
}

bool Courier::verdict_is_cancelled() const {
  return verdict_ && exit_status_of_verdict(*verdict_) == exit_done;
}

// Asks STATUS until it returns an outcome. Returns `otherwise` if nothing was done.
Ending Courier::resolve_by_status(const Ending& otherwise) {
  if (request_.nature != Nature::keyed) return unknown_ending(otherwise.reply.text);
  start_deadline();
  for (;;) {
    const auto status =
        try_call({"STATUS", std::to_string(request_.account), request_.key}, Form::map);
    if (status && status->is_error() && next_step(*status) == Next::finished) {
      return unknown_ending(status->text);
    }
    if (status && !status->is_error()) {
      if (auto ending = resolved(*status, otherwise)) return std::move(*ending);
    }
    if (expired()) return unknown_ending(last_failure_ + limit_in_words());
    pause();
  }
}

std::optional<Ending> Courier::resolved(const Reply& status, const Ending& otherwise) {
  const Reply* field = status.field("outcome");
  const std::string outcome = field == nullptr ? "" : field->text;
  if (outcome == "none") return otherwise;
  if (outcome == "cancelled") return cancelled_ending();
  if (outcome == "committed") {
    // A repeat moves no money: the server returns the first reply word for word.
    auto reply = try_call(request_.command, request_.form);
    if (reply && next_step(*reply) == Next::finished) {
      return Ending{Ending::Kind::reply, std::move(*reply), {}, verdict_};
    }
  }
  last_failure_ = "the transaction is still under way";
  return std::nullopt;
}

std::optional<Reply> Courier::try_call(const std::vector<std::string>& command, Form form) {
  try {
    return session_.call(command, attempt_limit(), form);
  } catch (LoginRefused& refusal) {
    return std::move(refusal.reply);
  } catch (const NoReply& failure) {
    last_failure_ = failure.what();
  }
  return std::nullopt;
}

}  // namespace client
