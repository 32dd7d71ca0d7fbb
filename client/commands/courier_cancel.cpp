/// What a courier does after Ctrl-C, and how it finds out what became of a write in doubt.

#include "client/commands/courier.hpp"
#include "client/commands/verdict.hpp"

namespace client {

namespace {

// Of one CANCEL. A server that cannot say more within it is asked again.
constexpr auto cancel_limit = std::chrono::seconds(10);

}  // namespace

Ending Courier::interrupted() {
  const bool under_way = sent_ || doubt_;
  if (!under_way || request_.nature == Nature::read) {
    session_.close();
    return {Ending::Kind::interrupted, {}, "interrupted", {}};
  }
  if (request_.nature != Nature::keyed) {
    session_.close();
    return unknown("interrupted");
  }
  try {
    return cancel();
  } catch (const Interrupted&) {
    session_.close();
    return is_cancelled() ? cancelled() : unknown("left before its end");
  }
}

Ending Courier::cancel() {
  // Cancelling has a deadline of its own: the user asked for it just now.
  deadline_.reset();
  verdict_ = ask_to_cancel();
  if (sent_) {
    if (!verdict_) {
      tell_(News::cancelling, "could not ask the server to cancel: " + last_trouble_ +
                                  "; waiting for the transaction's own end (Ctrl-C leaves)");
    }
    if (auto ending = first_reply()) return std::move(*ending);
  }
  while (!verdict_) {
    start_deadline();
    if (expired()) return give_up();
    pause();
    verdict_ = ask_to_cancel();
  }
  return after_verdict();
}

// One CANCEL on a second connection: the first one is answered in order, so behind the transaction.
// Nothing if there is no verdict to be had at the moment.
std::optional<Reply> Courier::ask_to_cancel() {
  Session second = session_.sibling();
  try {
    Reply reply = second.call({"CANCEL", std::to_string(request_.account), request_.key},
                              Clock::now() + cancel_limit);
    if (next_step(reply) == Next::finished) {
      tell_(News::cancelling, verdict_in_words(reply));
      return reply;
    }
    last_trouble_ = reply.text;
  } catch (const LoginRefused& refusal) {
    last_trouble_ = refusal.reply.text;
  } catch (const CannotConnect& failure) {
    last_trouble_ = failure.what();
  } catch (const ConnectionLost& failure) {
    last_trouble_ = failure.what();
  }
  return std::nullopt;
}

// Waits for the answer to the attempt that Ctrl-C met. Nothing if it is lost, or says no more than
// that this attempt did not run.
std::optional<Ending> Courier::first_reply() {
  try {
    Reply reply = session_.receive(reply_limit());
    sent_ = false;
    if (next_step(reply) == Next::finished && (!doubt_ || settles_earlier_attempts(reply))) {
      return Ending{Ending::Kind::reply, std::move(reply), {}, verdict_};
    }
    doubt_ = doubt_ || leaves_doubt(reply);
    last_trouble_ = reply.text;
    last_refusal_ = std::move(reply);
  } catch (const ConnectionLost& failure) {
    sent_ = false;
    doubt_ = true;
    last_trouble_ = failure.what();
  }
  session_.close();
  return std::nullopt;
}

bool Courier::is_cancelled() const {
  return verdict_ && (verdict_->code() == "CANCELLED" || verdict_->code() == "ALREADY");
}

Ending Courier::after_verdict() {
  if (is_cancelled()) return cancelled();
  return settle({Ending::Kind::not_done, {}, "it was refused; nothing was changed", verdict_});
}

// Asks STATUS until it tells what became of the key. `otherwise` is the end if that is nothing.
Ending Courier::settle(const Ending& otherwise) {
  if (request_.nature != Nature::keyed) return unknown(otherwise.reply.text);
  start_deadline();
  for (;;) {
    const auto status = try_call({"STATUS", std::to_string(request_.account), request_.key});
    if (status && status->is_error() && next_step(*status) == Next::finished) {
      return unknown(status->text);
    }
    if (status && !status->is_error()) {
      if (auto ending = settled(*status, otherwise)) return std::move(*ending);
    }
    if (expired()) return unknown(last_trouble_);
    pause();
  }
}

std::optional<Ending> Courier::settled(const Reply& status, const Ending& otherwise) {
  const Reply* field = status.field("outcome");
  const std::string outcome = field == nullptr ? "" : field->text;
  if (outcome == "none") return otherwise;
  if (outcome == "cancelled") return cancelled();
  if (outcome == "committed") {
    // Sent again it moves nothing: the server repeats the first reply word for word.
    auto reply = try_call(request_.command);
    if (reply && next_step(*reply) == Next::finished) {
      return Ending{Ending::Kind::reply, std::move(*reply), {}, verdict_};
    }
  }
  last_trouble_ = "the transaction is still under way";
  return std::nullopt;
}

std::optional<Reply> Courier::try_call(const std::vector<std::string>& command) {
  try {
    return session_.call(command, deadline_);
  } catch (LoginRefused& refusal) {
    return std::move(refusal.reply);
  } catch (const CannotConnect& failure) {
    last_trouble_ = failure.what();
  } catch (const ConnectionLost& failure) {
    last_trouble_ = failure.what();
  }
  return std::nullopt;
}

}  // namespace client
