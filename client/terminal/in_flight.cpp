#include "client/terminal/in_flight.hpp"

#include <algorithm>

namespace client {

namespace {

// A snapshot is taken at once, so only the latest endings matter to it.
constexpr std::size_t most_ended = 1000;

std::string field(const Reply& map, std::string_view name) {
  const Reply* value = map.field(name);
  return value == nullptr ? std::string() : value->spelled();
}

}  // namespace

Flight* InFlight::find(const std::string& handle) {
  const auto found = std::find_if(flights_.begin(), flights_.end(),
                                  [&](const Flight& each) { return each.handle == handle; });
  return found == flights_.end() ? nullptr : &*found;
}

const Flight* InFlight::owner_of(const std::string& account) const {
  const auto found = std::find_if(flights_.begin(), flights_.end(), [&](const Flight& each) {
    return std::count(each.owns.begin(), each.owns.end(), account) > 0;
  });
  return found == flights_.end() ? nullptr : &*found;
}

void InFlight::apply(const Event& event) {
  if (event.name == "missed") {
    // Any of those in flight may have ended, so only the next snapshot is right.
    missed_ += std::stoll("0" + event.detail(0));
    flights_.clear();
    ended_.clear();
    return;
  }
  Flight* flight = find(event.handle);
  if (event.name == "gone") {
    if (flight != nullptr) flights_.erase(flights_.begin() + (flight - flights_.data()));
    ended_.push_back(event.handle);
    if (ended_.size() > most_ended) ended_.erase(ended_.begin());
    return;
  }
  // A late canceller may be heard of after the end.
  if (flight == nullptr && std::count(ended_.begin(), ended_.end(), event.handle) > 0) return;
  if (flight == nullptr) {
    flight = &flights_.emplace_back();
    flight->handle = event.handle;
    flight->since_us = event.time_us;
  }
  apply(event, *flight);
}

void InFlight::apply(const Event& event, Flight& flight) {
  const std::string first = event.detail(0);
  const std::string second = event.detail(1);
  const bool by_another = event.name == "cancel" || event.name == "verdict";
  if (!by_another) flight.waits.clear();
  if (event.name == "admitted") {
    flight.op = first;
    flight.account = second;
    flight.to = event.detail(2);
    flight.key = event.detail(3);
  } else if (event.name == "point") {
    flight.point = first;
  } else if (event.name == "stage") {
    flight.stage = first;
  } else if (event.name == "waiting") {
    flight.waits = first;
    flight.waits_for = second;
  } else if (event.name == "granted" && first == "lock") {
    std::erase(flight.owns, second);
    flight.owns.push_back(second);
  } else if (event.name == "released") {
    std::erase(flight.owns, second);
  } else if (event.name == "cleanup" && first == "pushed") {
    const std::string subject = event.detail(2);
    flight.cleanup.push_back(second + (subject.empty() || subject == "0" ? "" : " " + subject));
  } else if (event.name == "cleanup") {
    if (!flight.cleanup.empty()) flight.cleanup.pop_back();
  } else {
    flight.note = event.name + " " + event.text();
  }
}

void InFlight::add(const Reply& shown, std::int64_t now_us) {
  const std::string handle = field(shown, "handle");
  if (std::count(ended_.begin(), ended_.end(), handle) > 0) return;
  Flight* flight = find(handle);
  const bool is_new = flight == nullptr;
  if (is_new) flight = &flights_.emplace_back();
  flight->handle = handle;
  flight->op = field(shown, "op");
  flight->account = field(shown, "account");
  flight->to = field(shown, "to");
  flight->key = field(shown, "key");
  const Reply* age = shown.field("age_us");
  if (age != nullptr) flight->since_us = now_us - age->number;
  if (!is_new) return;
  flight->stage = field(shown, "stage");
  flight->point = field(shown, "point");
  const std::string waiting = field(shown, "waiting");
  flight->waits = waiting.substr(0, waiting.find(' '));
  if (flight->waits == "lock") flight->waits_for = waiting.substr(5);
  if (const Reply* locks = shown.field("locks")) {
    for (const Reply& account : locks->items) flight->owns.push_back(account.spelled());
  }
  if (const Reply* cleanup = shown.field("cleanup")) {
    for (const Reply& entry : cleanup->items) flight->cleanup.push_back(entry.text);
    std::reverse(flight->cleanup.begin(), flight->cleanup.end());
  }
}

}  // namespace client
