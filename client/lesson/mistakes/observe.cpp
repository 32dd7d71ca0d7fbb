#include "client/lesson/mistakes/observe.hpp"

#include <charconv>

#include "client/lesson/server.hpp"

namespace lesson {

namespace {

std::string text_of(const client::Reply& map, const char* name) {
  const client::Reply* field = map.field(name);
  return field == nullptr ? std::string() : field->text;
}

std::int64_t number_of(const client::Reply& map, const char* name) {
  const client::Reply* field = map.field(name);
  return field == nullptr ? 0 : field->number;
}

InFlight described(const client::Reply& map) {
  InFlight request{
      text_of(map, "handle"), text_of(map, "op"),    number_of(map, "account"), text_of(map, "key"),
      text_of(map, "stage"),  text_of(map, "point"), text_of(map, "waiting"),   {}};
  if (const client::Reply* locks = map.field("locks")) {
    for (const client::Reply& each : locks->items) request.locks.push_back(each.number);
  }
  return request;
}

std::int64_t counter(const std::string& info, const std::string& name) {
  const auto at = info.find("\n" + name + ":");
  std::int64_t value = 0;
  if (at == info.npos) return value;
  const char* const digits = info.data() + at + name.size() + 2;
  std::from_chars(digits, info.data() + info.size(), value);
  return value;
}

}  // namespace

Look look(client::Session& session) {
  Look look;
  for (const client::Reply& each : call(session, {"TXN", "LIST"}).items) {
    const client::Reply shown = call(session, {"TXN", "SHOW", text_of(each, "handle")});
    if (!shown.is_error()) look.in_flight.push_back(described(shown));
  }
  const std::string info = call(session, {"INFO"}).text;
  look.live_requests = counter(info, "live_requests");
  look.live_buffers = counter(info, "live_buffers");
  look.held_locks = counter(info, "held_locks");
  return look;
}

std::string outcome(client::Session& session, const Key& key) {
  return text_of(call(session, {"STATUS", std::to_string(key.first), key.second}), "outcome");
}

bool has_holds(client::Session& session) {
  return !call(session, {"HOLD", "LIST"}).items.empty();
}

std::int64_t audit(client::Session& session) {
  return number_of(call(session, {"AUDIT"}), "violations");
}

}  // namespace lesson
