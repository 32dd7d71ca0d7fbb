#include "lines.hpp"

#include <algorithm>
#include <utility>

namespace lines {
namespace {

constexpr int account = 1;
constexpr int cents = 60;

client::Reply error(const std::string& text) {
  return {client::Reply::Kind::error, text, 0, {}};
}

/// Returns what is wrong with the ending; an empty text if it is right.
std::string_view problem(const Ending& ending, const Server& server) {
  using Kind = Ending::Kind;
  const bool may_be_done = server.withdrawals() > 0 || server.is_under_way();
  if (server.withdrawals() > 1) return "The money was taken twice: each key is done once.";
  if ((ending.kind == Kind::refused || ending.kind == Kind::not_done) && may_be_done) {
    return "The user believes that no money was taken, but it was, or will be.";
  }
  if (ending.kind == Kind::done && server.withdrawals() == 0) {
    return "The user believes that the money was taken, but it was not.";
  }
  return {};
}

/// As problem(), for a client that gives up too early.
std::string_view impatience(const Ending& ending, const Server& server,
                            const std::vector<Event>& script) {
  const bool gave_up =
      ending.kind == Ending::Kind::unknown || ending.kind == Ending::Kind::not_done;
  if (gave_up && server.attempts() < script.size()) {
    return "The client gave up although it had attempts left.";
  }
  if (gave_up && server.has_answered()) {
    return "The last attempt returned the reply, and the client did not use it.";
  }
  const auto is_busy = [](Event event) { return event == Event::busy; };
  if (ending.kind == Ending::Kind::unknown && std::all_of(script.begin(), script.end(), is_busy)) {
    return "The ending is unknown, although every attempt was refused with BUSY.";
  }
  return {};
}

std::string_view attempt_all(const std::vector<Event>& script, bool noted) {
  Server server(script, noted);
  const Ending ending = withdraw(server, account, cents, static_cast<int>(script.size()));
  const std::string_view wrong = problem(ending, server);
  return wrong.empty() ? impatience(ending, server, script) : wrong;
}

/// Makes the next script, as an odometer does. Returns false after the last one.
bool advance(std::vector<Event>& script) {
  for (Event& event : script) {
    const int next = (static_cast<int>(event) + 1) % events;
    event = static_cast<Event>(next);
    if (next != 0) return true;
  }
  return false;
}

}  // namespace

client::Reply Server::withdraw(const std::string& key) {
  const auto [at, is_first] = replies_.try_emplace(key);
  if (is_first) {
    ++withdrawals_;
    at->second = {client::Reply::Kind::integer, {}, 100 - cents, {}};
    note("the server takes the money");
  }
  return at->second;
}

client::Reply Server::call(const std::vector<std::string>& words) {
  const std::string key = words.size() == 5 && words[3] == "KEY" ? words[4] : std::string();
  if (attempts_ > 0) note(key == last_key_ ? "sends again" : "sends again, with another key");
  if (attempts_ == 0) note("sends");
  last_key_ = key;
  const Event event = attempts_ < script_.size() ? script_[attempts_] : Event::good;
  ++attempts_;
  const std::optional<std::string> earlier = std::exchange(slow_, std::nullopt);
  client::Reply reply = error("INPROGRESS key " + key + " is under way");
  switch (event) {
    case Event::request_lost:
      note("the request is lost");
      if (earlier) withdraw(*earlier);
      throw Lost{};
    case Event::busy:
      note("the server is BUSY");
      if (earlier) withdraw(*earlier);
      return error("BUSY try again");
    case Event::deadline:
      note("the server answers DEADLINE");
      if (earlier) withdraw(*earlier);
      return error("DEADLINE the time was up");
    case Event::slow:
      if (earlier) withdraw(*earlier);
      note("the line breaks, and the server works on");
      if (!replies_.contains(key)) slow_ = key;
      throw Lost{};
    case Event::good:
    case Event::reply_lost:
      break;
  }
  if (earlier != key) reply = withdraw(key);
  if (earlier) withdraw(*earlier);
  has_answered_ = event == Event::good && !reply.is_error();
  if (event == Event::good) return reply;
  note("the reply is lost");
  throw Lost{};
}

void check(explore::Run& run, const std::vector<Event>& script) {
  if (attempt_all(script, false).empty()) return;
  std::string_view sentence;
  run.spawn("client", [&] { sentence = attempt_all(script, true); });
  run.go();
  run.check(false, sentence);
}

void check_all_scripts(explore::Run& run, int length) {
  std::vector<Event> script(static_cast<std::size_t>(length));
  do {
    if (attempt_all(script, false).empty()) continue;
    check(run, script);
    return;
  } while (advance(script));
}

}  // namespace lines
