#include "client/commands/event_stream.hpp"

#include <poll.h>

namespace client {

namespace {

constexpr auto answer_limit = std::chrono::seconds(10);

}  // namespace

Event event_from(const Reply& reply) {
  if (reply.kind != Reply::Kind::array || reply.items.size() < 4) {
    throw ConnectionLost("the server sent something other than an event; is it older than atm?");
  }
  Event event{
      reply.items[0].number, reply.items[1].number, reply.items[2].text, reply.items[3].text, {}};
  for (std::size_t i = 4; i < reply.items.size(); ++i) {
    event.details.push_back(reply.items[i].spelled());
  }
  return event;
}

Number watched_account(const Run& run, const Command& command) {
  return command.account ? command.account : run.settings().account;
}

EventStream::EventStream(Run& run, const Command& command, Number watched)
    : interrupt_(run.interrupt()), asking_(run.session_for(command)), watching_(asking_.sibling()) {
  const Until until = Clock::now() + longest_wait(run.settings().retry_for);
  for (Session* session : {&asking_, &watching_}) {
    if (auto failure = failure_to_open(*session, until)) throw CannotStream{*failure};
  }
  std::vector<std::string> words{"TXN", "WATCH"};
  if (watched) words.insert(words.end(), {"ACCOUNT", std::to_string(*watched)});
  try {
    const Reply reply =
        watching_.call(words, earlier(until, Clock::now() + answer_limit), Form::ok);
    if (reply.is_error()) throw CannotStream{{Ending::Kind::reply, reply, {}, {}}};
  } catch (const NoReply& failure) {
    throw CannotStream{{Ending::Kind::cannot_connect, {}, failure.what(), {}}};
  }
}

std::optional<Event> EventStream::next(Until until) {
  for (;;) {
    if (auto event = next_arrived()) return event;
    if (wait_for(descriptor(), POLLIN, until, &interrupt_) == Ready::timed_out) return std::nullopt;
    watching_.connection().take_in();
  }
}

std::optional<Event> EventStream::next_arrived() {
  const auto reply = watching_.connection().next();
  if (!reply) return std::nullopt;
  return event_from(*reply);
}

Reply EventStream::ask(const std::vector<std::string>& command, Form form) {
  const Until until = Clock::now() + answer_limit;
  asking_.open(until);
  return asking_.call(command, until, form);
}

}  // namespace client
