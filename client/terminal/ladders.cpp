#include "client/terminal/ladders.hpp"

#include <algorithm>
#include <cstdio>

#include "client/terminal/text.hpp"

namespace client {

namespace {

// Cuts a line to a width in characters.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t shown = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts_character = (text[at] & 0xC0) != 0x80;
    if (starts_character && ++shown > width) break;
  }
  return text.substr(0, at);
}

std::string padded(const std::string& text, std::size_t width) {
  const auto shown = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  return shown >= width ? cut(text, width) : text + std::string(width - shown, ' ');
}

std::string ladder(const Flight& flight) {
  const auto at = static_cast<std::size_t>(
      std::find(rungs.begin(), rungs.end(), flight.point.empty() ? "queued" : flight.point) -
      rungs.begin());
  std::string drawn;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    if (i == cancellable_rungs) drawn += "┃";
    drawn += i < at ? "━" : i == at ? "◆" : "─";
  }
  return drawn;
}

std::string what(const Flight& flight) {
  const bool has_other = !flight.to.empty() && flight.to != "0";
  return flight.op + " " + flight.account + (has_other ? "→" + flight.to : "");
}

// A cancel counts for more than the wait that it ends.
std::string state(const Flight& flight) {
  if (flight.stage == "cancelling") return "cancelling";
  if (flight.waits == "lock") return "waits: " + flight.waits_for;
  return flight.waits.empty() ? flight.stage : flight.waits;
}

std::string age(std::int64_t microseconds) {
  char spelled[48];
  std::snprintf(spelled, sizeof spelled, "%9.3f s",
                static_cast<double>(std::max<std::int64_t>(microseconds, 0)) / 1e6);
  return spelled;
}

// Topmost first.
std::string entries(const Flight& flight) {
  std::string all;
  for (auto entry = flight.cleanup.rbegin(); entry != flight.cleanup.rend(); ++entry) {
    all += (all.empty() ? "" : ", ") + *entry;
  }
  return all;
}

// The transaction, then an arrow to each that waits for an account it owns.
std::vector<std::string> block(const InFlight& model, const Flight& flight, const View& view) {
  const bool selected = flight.handle == view.selected;
  std::vector<std::string> lines{
      (selected ? "> " : "  ") + padded(flight.handle, 8) + padded(what(flight), 17) +
      ladder(flight) + "  " + padded(flight.point, 11) + padded(state(flight), 12) +
      padded(std::to_string(flight.cleanup.size()), 1) + age(view.now_us - flight.since_us)};
  for (const Flight& other : model.all()) {
    if (other.waits != "lock" || model.owner_of(other.waits_for) != &flight) continue;
    lines.push_back("    └► " + other.handle + " waits for account " + other.waits_for);
  }
  if (selected && !flight.key.empty()) lines.push_back("    key " + flight.key);
  if (selected && !flight.cleanup.empty()) lines.push_back("    cleanup: " + entries(flight));
  if (!flight.note.empty()) lines.push_back("    " + flight.note);
  return lines;
}

std::string heading(const InFlight& model) {
  std::string line = "atm admin watch: " + std::to_string(model.all().size()) + " in flight";
  if (model.missed() > 0) line += ", " + std::to_string(model.missed()) + " events missed";
  return line;
}

constexpr const char* columns_line =
    "  handle  what             point; ┃: no cancel from here  state      held   age";
constexpr const char* keys_line = "j/k select   s step   r resume   c cancel   q quit";

}  // namespace

std::vector<std::string> ladders(const InFlight& model, const View& view) {
  std::vector<std::string> body;
  std::size_t selected_line = 0;
  for (const Flight& flight : model.all()) {
    if (flight.handle == view.selected) selected_line = body.size();
    for (const std::string& line : block(model, flight, view)) body.push_back(line);
  }
  const std::size_t around = 4;  // the lines above and below the body
  const std::size_t room = view.height > around ? view.height - around : 0;
  // Scrolled no further than is needed to see the selected one.
  const std::size_t first = selected_line < room ? 0 : selected_line - room + 1;
  std::vector<std::string> lines{heading(model), columns_line};
  for (std::size_t i = first; i < first + room; ++i) {
    lines.push_back(i < body.size() ? body[i] : std::string());
  }
  lines.push_back(view.status);
  lines.emplace_back(keys_line);
  lines.resize(view.height);
  for (std::string& line : lines) line = cut(printable(line), view.width);
  return lines;
}

}  // namespace client
